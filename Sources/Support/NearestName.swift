extension String {
    /// The candidate that takes the fewest single-character edits to become this string, if it is near at all.
    package func nearest(in candidates: [String]) -> String? {
        let ranked = candidates.map { ($0, editDistance(to: $0)) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= Swift.max(2, utf8.count / 2) else { return nil }
        return best.0
    }

    /// The Levenshtein distance over UTF-8 bytes.
    private func editDistance(to other: String) -> Int {
        let target = Array(other.utf8)
        var row = Array(0...target.count)
        for (i, byte) in utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, candidate) in target.enumerated() {
                let substituted = diagonal + (byte == candidate ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[target.count]
    }
}
