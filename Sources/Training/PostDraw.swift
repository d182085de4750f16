import Corpus
import Support

/// The posts of each pass: of a dataset with the weight w, every post floor(w) times, and of the fraction that is left as many
/// posts, which take turns from pass to pass.
///
/// Turns go round in an order that the seed decides. The draw is a pure function of seed and pass, so that a resumed run draws
/// the same posts.
package struct PostDraw: Sendable {
    /// The posts of one dataset.
    private struct Group {
        let posts: [Int]
        /// The times that every post is drawn.
        let times: Int
        /// The same posts in the order of their turns.
        let turns: [Int]
        /// The number of posts whose turn comes in a pass.
        let extra: Int
    }

    private let groups: [Group]

    /// The number of posts of a pass.
    package var count: Int { groups.reduce(0) { $0 + $1.times * $1.posts.count + $1.extra } }

    /// - Parameter groups: the numbers of the posts of each dataset, with its weight.
    package init(_ groups: [(posts: [Int], weight: Double)], seed: Int) {
        self.groups = groups.enumerated().map { place, group in
            let times = Int(group.weight)
            let extra = (group.weight - Double(times)) * Double(group.posts.count)
            var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: Self.firstStream + place)
            return Group(
                posts: group.posts, times: times,
                turns: generator.permutation(of: group.posts.count).map { group.posts[$0] },
                // A small dataset is not left out.
                extra: times == 0 ? max(1, Int(extra.rounded())) : Int(extra.rounded()))
        }
    }

    /// The numbers of the posts of a pass.
    package func posts(pass: Int) -> [Int] {
        groups.flatMap { group in
            let start = pass * group.extra
            let turns = (start..<(start + group.extra)).map { group.turns[$0 % group.turns.count] }
            return (0..<group.times).flatMap { _ in group.posts } + turns
        }
    }

    /// The first stream of random numbers of the turns, apart from those of batches, samples and steps.
    private static let firstStream = Int.min
}

extension PostDraw {
    /// The draw of a training split.
    /// - Parameters:
    ///   - parts: the datasets that the split joins; empty where it is one, all of whose posts are drawn once.
    ///   - learnt: the places in the split of the posts that are learnt from, which are numbered in this order.
    init(_ parts: [Dataset.Part], learnt: [Int], seed: Int) {
        guard !parts.isEmpty else {
            self.init([(Array(learnt.indices), 1)], seed: seed)
            return
        }
        let groups = parts.map { part in
            let places = part.posts[.train] ?? 0..<0
            return (posts: learnt.indices.filter { places.contains(learnt[$0]) }, weight: part.source.weight)
        }
        self.init(groups.filter { !$0.posts.isEmpty }, seed: seed)
    }
}
