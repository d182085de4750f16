/// How long the posts of a split are, in tokens (or Unicode scalars of raw texts).
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
