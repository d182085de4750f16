/// The findings and numbers of the ``DatasetDoctor``.
public struct DatasetReport: Sendable, Codable {
    /// The path that was examined.
    public var path: String
    /// The dataset's name, after its folder or file.
    public var name: String
    /// The format of its files.
    public var layout: DatasetFormat
    /// The published dataset that every split here belongs to; nil where there is none.
    public var publishedAs: String?
    /// The splits that are there, in the order train, valid, test.
    public var splits: [SplitReport]
    /// Posts that occur again, a pair of splits each.
    public var duplicates: [Duplicates]
    /// The origin of the contexts, as the header of the context file gives it.
    public var provenance: [String: String]?
    /// Everything that was found, counted, with examples.
    public var findings: Findings

    /// Whether there is no error; warnings are allowed.
    public var isValid: Bool { findings.count(of: .error) == 0 }

    /// 0 for a valid dataset, 1 otherwise.
    public var exitStatus: Int32 { isValid ? 0 : 1 }

    /// The numbers of one split.
    public struct SplitReport: Sendable, Codable {
        /// The split.
        public var split: Split
        /// The file's path.
        public var file: String
        /// The number of posts that could be read.
        public var posts = 0
        /// The number of tokens, or of Unicode scalars of raw texts.
        public var tokens = 0
        /// The number of posts without words.
        public var emptyPosts = 0
        /// The number of entities of each type.
        public var entities: [String: Int] = [:]
        /// The number of relations of each type.
        public var relations: [String: Int] = [:]
        /// The lengths of the posts.
        public var lengths = LengthStatistics(histogram: [:])
        /// The number of pictures that posts name.
        public var pictures = 0
        /// The number of those that are not on disk.
        public var missingPictures = 0
        /// The number of contexts.
        public var contexts = 0
        /// The identity of the split's content, for comparison.
        public var fingerprint = Fingerprint(posts: [])
        /// The published split that it equals; nil where none is known.
        public var publishedAs: KnownDataset?

        /// The number of entities of all types.
        public var entityCount: Int { entities.values.reduce(0, +) }

        /// The number of relations of all types.
        public var relationCount: Int { relations.values.reduce(0, +) }
    }
}

/// The lengths of a split's posts, in tokens (or Unicode scalars of raw texts).
public struct LengthStatistics: Sendable, Equatable, Codable {
    /// The shortest.
    public var minimum = 0
    /// The arithmetic mean; 0 without posts.
    public var mean = 0.0
    /// The length that half of the posts do not exceed.
    public var median = 0
    /// The length that 95 of 100 posts do not exceed.
    public var percentile95 = 0
    /// The longest.
    public var maximum = 0

    /// The statistics of a histogram: the number of posts of each length.
    init(histogram: [Int: Int]) {
        let lengths = histogram.sorted { $0.key < $1.key }
        let count = lengths.reduce(0) { $0 + $1.value }
        guard let shortest = lengths.first, let longest = lengths.last else { return }
        /// The smallest length that at least this fraction of the posts does not exceed.
        func quantile(_ fraction: Double) -> Int {
            var seen = 0
            for (length, posts) in lengths {
                seen += posts
                if Double(seen) >= fraction * Double(count) { return length }
            }
            return longest.key
        }
        minimum = shortest.key
        mean = lengths.reduce(0) { $0 + Double($1.key) * Double($1.value) } / Double(count)
        median = quantile(0.5)
        percentile95 = quantile(0.95)
        maximum = longest.key
    }
}
