import Evaluation
import Support
import Testing

@Suite("The area under the curve")
struct AreaUnderCurveTests {
    @Test("is 1 where all positives are larger, 0 where all are smaller, and counts equal values half")
    func extremes() {
        #expect(areaUnderCurve(positives: [3, 4], negatives: [1, 2]) == 1)
        #expect(areaUnderCurve(positives: [1, 2], negatives: [3, 4]) == 0)
        #expect(areaUnderCurve(positives: [1, 1], negatives: [1, 1, 1]) == 0.5)
        #expect(areaUnderCurve(positives: [2, 1], negatives: [1]) == 0.75)
    }

    @Test("does not exist where there are items of one kind only")
    func oneKind() {
        #expect(areaUnderCurve(positives: [], negatives: [1]) == nil)
        #expect(areaUnderCurve(positives: [1], negatives: []) == nil)
    }

    @Test("is the share of pairs that are in order")
    func pairs() {
        var generator = SplitMix64(state: 5)
        func draw(_ count: Int) -> [Double] { (0..<count).map { _ in Double(generator.index(below: 12)) } }
        let (positives, negatives) = (draw(40), draw(25))
        let wins = positives.flatMap { mine in negatives.map { mine > $0 ? 1 : mine == $0 ? 0.5 : 0 } }.reduce(0, +)
        #expect(areaUnderCurve(positives: positives, negatives: negatives) == wins / 1000)
    }
}
