/// The contexts of a post as one text: their pieces in order, and a separator before each that is not the first.
struct JoinedContexts {
    private(set) var pieces: [Int] = []
    /// The places of each picture's context among the pieces; empty where a picture has none.
    private(set) var ranges: [Range<Int>] = []

    /// - Parameters:
    ///   - contexts: the pieces of each picture's context.
    ///   - separator: the token that ends a segment.
    init(_ contexts: [[Int]], separator: Int) {
        for context in contexts {
            if !context.isEmpty, !pieces.isEmpty { pieces.append(separator) }
            ranges.append(pieces.count..<(pieces.count + context.count))
            pieces += context
        }
    }

    /// As many pieces as there is room for, without a separator at the end.
    func prefix(_ room: Int) -> JoinedContexts {
        var kept = self
        kept.ranges = ranges.map { $0.clamped(to: 0..<room) }
        kept.pieces = Array(pieces.prefix(kept.ranges.last { !$0.isEmpty }?.upperBound ?? 0))
        return kept
    }
}
