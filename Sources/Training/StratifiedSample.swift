import Corpus
import Support

extension [Post] {
    /// The places of a number of posts with their annotations in the proportions of all, in order; all for a count of 0.
    ///
    /// Posts are grouped by the types that they are annotated with, shuffled in each group, and taken from all groups at
    /// the same pace. With one seed, a smaller sample is a part of a larger one.
    func stratified(_ limit: Int, seed: Int) -> [Int] {
        guard limit > 0, limit < count else { return [Int](indices) }
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: Self.stream)
        let shuffled = generator.permutation(of: count)
        let groups = Dictionary(grouping: shuffled) { self[$0].annotatedTypes }
        let paced = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { group in
            // Each group begins at a place of its own, so that small ones have their chance.
            let start = Double.random(in: 0..<1, using: &generator)
            return group.value.enumerated().map { rank, index in
                (place: (Double(rank) + start) / Double(group.value.count), index: index)
            }
        }
        return paced.sorted { $0.place < $1.place }.prefix(limit).map(\.index).sorted()
    }

    /// The stream of random numbers of the sample, apart from those of the epochs.
    private static let stream = -1
}

extension Post {
    /// The types of all that is annotated, sorted.
    fileprivate var annotatedTypes: [String] { (entities.map(\.type) + relations.map(\.type)).sorted() }
}
