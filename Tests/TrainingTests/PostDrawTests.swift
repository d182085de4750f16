import Testing
import Training

@Suite("Draws of posts by weight")
struct PostDrawTests {
    private let groups = [(posts: Array(0..<10), weight: 1.0), (posts: Array(10..<17), weight: 0.5)]

    @Test("With the weight 1, every post once, in order")
    func plain() {
        let draw = PostDraw([(posts: Array(0..<5), weight: 1), (posts: [5, 6], weight: 1)], seed: 3)
        #expect(draw.count == 7)
        for pass in 0..<3 { #expect(draw.posts(pass: pass) == Array(0..<7)) }
    }

    @Test(
        "A whole weight is that many times; a fraction is another part of the posts in each pass, and all get their turn"
    )
    func weights() {
        let draw = PostDraw([(posts: Array(0..<10), weight: 2), (posts: Array(10..<20), weight: 1.3)], seed: 1)
        #expect(draw.count == 33)
        var extra: [Int: Int] = [:]
        for pass in 0..<10 {
            let times = Dictionary(grouping: draw.posts(pass: pass), by: \.self).mapValues(\.count)
            #expect((0..<10).allSatisfy { times[$0] == 2 })
            let twice = (10..<20).filter { times[$0] == 2 }
            #expect(twice.count == 3 && (10..<20).allSatisfy { times[$0] == 1 || times[$0] == 2 })
            for post in twice { extra[post, default: 0] += 1 }
        }
        // 30 turns for 10 posts.
        #expect((10..<20).allSatisfy { extra[$0] == 3 })
    }

    @Test("Half of seven posts are four, other ones in the next pass but for the one that seven cannot spare")
    func halves() {
        let draw = PostDraw(groups, seed: 1)
        let (first, second) = (draw.posts(pass: 0).suffix(4), draw.posts(pass: 1).suffix(4))
        #expect(draw.count == 14 && Set(first).count == 4 && Set(second).count == 4)
        #expect(Set(first).union(second) == Set(10..<17))
    }

    @Test("Seed and pass decide the draw, and a small dataset is never left out")
    func determinism() {
        let draws = (1...2).map { seed in (0..<2).map { PostDraw(groups, seed: seed).posts(pass: $0) } }
        #expect(draws[0] == (0..<2).map { PostDraw(groups, seed: 1).posts(pass: $0) })
        #expect(draws[0][0] != draws[0][1] && draws[0][0] != draws[1][0])
        #expect(PostDraw([(posts: [7, 8], weight: 0.001)], seed: 1).count == 1)
    }
}
