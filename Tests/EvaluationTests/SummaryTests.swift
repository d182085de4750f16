import Evaluation
import Testing

@Suite("Summary")
struct SummaryTests {
    @Test("has the mean and the sample deviation")
    func values() throws {
        let summary = try #require(Summary([0.86, 0.88, 0.90]))
        #expect(abs(summary.mean - 0.88) < 1e-12)
        #expect(abs(try #require(summary.deviation) - 0.02) < 1e-12)
        #expect(summary.description == "88.00 ± 2.00 (3 seeds)")
    }

    @Test("claims no deviation of one seed, and nothing of none")
    func few() throws {
        let single = try #require(Summary([0.5]))
        #expect(single.mean == 0.5 && single.deviation == nil)
        #expect(single.description == "50.00 (1 seed)")
        #expect(Summary([]) == nil)
    }
}
