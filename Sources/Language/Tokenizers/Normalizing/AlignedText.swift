/// A text under change, of which every scalar knows the scalars of the first text that it stands for.
///
/// Changes are told as the `tokenizers` library tells them, so that the alignment is the same: in order, each scalar of
/// the new text with what it takes from the old one.
struct AlignedText: Sendable {
    /// The scalars of the first text that a scalar stands for.
    struct Origin: Sendable {
        var start: Int32
        var end: Int32
    }

    /// A scalar of the new text.
    struct Change {
        /// The scalar.
        var scalar: UInt32
        /// 0 where it takes the place of one scalar; 1 where it is inserted and belongs to the scalar before it; −n
        /// where it takes the place of one and n more that follow.
        var count: Int
    }

    /// The scalars, by number.
    private(set) var scalars: [UInt32]
    /// What each scalar stands for.
    private(set) var origins: [Origin]

    /// A part of a text as it is.
    init(_ text: [UInt32], _ range: Range<Int>) {
        scalars = Array(text[range])
        origins = range.map { Origin(start: Int32(clamping: $0), end: Int32(clamping: $0 + 1)) }
    }

    /// A part of another aligned text.
    init(_ text: AlignedText, _ range: Range<Int>) {
        scalars = Array(text.scalars[range])
        origins = Array(text.origins[range])
    }

    /// The number of scalars.
    var count: Int { scalars.count }

    /// The part of the first text that a part of this one stands for.
    func origin(of range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty else {
            let place = Int(range.lowerBound < count ? origins[range.lowerBound].start : origins.last?.end ?? 0)
            return place..<place
        }
        let (start, end) = (Int(origins[range.lowerBound].start), Int(origins[range.upperBound - 1].end))
        return start..<max(start, end)
    }

    /// Puts a new text in this one's place.
    /// - Parameter start: the number of first scalars that are removed.
    mutating func apply(_ changes: [Change], removingFirst start: Int = 0) {
        guard let last = origins.last else { return }
        var (newScalars, newOrigins): ([UInt32], [Origin]) = ([], [])
        newScalars.reserveCapacity(changes.count)
        newOrigins.reserveCapacity(changes.count)
        var next = start
        for change in changes {
            newScalars.append(change.scalar)
            if change.count > 0 {
                newOrigins.append(origins[max(0, min(next, count) - 1)])
            } else {
                newOrigins.append(next < count ? origins[next] : last)
                next += 1 - change.count
            }
        }
        (scalars, origins) = (newScalars, newOrigins)
    }

    /// Puts a scalar in each one's place.
    mutating func map(_ transform: (UInt32) -> UInt32) {
        for index in scalars.indices { scalars[index] = transform(scalars[index]) }
    }

    /// Removes the scalars that a predicate rejects.
    mutating func filter(_ isKept: (UInt32) -> Bool) {
        guard let first = scalars.firstIndex(where: { !isKept($0) }) else { return }
        var end = first
        for index in first..<count where isKept(scalars[index]) {
            (scalars[end], origins[end]) = (scalars[index], origins[index])
            end += 1
        }
        scalars.removeLast(count - end)
        origins.removeLast(origins.count - end)
    }

    /// Keeps a part alone.
    mutating func keep(_ range: Range<Int>) {
        guard range.count < count else { return }
        (scalars, origins) = (Array(scalars[range]), Array(origins[range]))
    }

    /// Inserts scalars at places; they belong to the scalar that they are put before.
    /// - Parameter places: in ascending order, each before the end.
    mutating func insert(_ inserted: [UInt32], at places: [Int]) {
        guard !places.isEmpty else { return }
        var (newScalars, newOrigins): ([UInt32], [Origin]) = ([], [])
        newScalars.reserveCapacity(count + places.count * inserted.count)
        newOrigins.reserveCapacity(count + places.count * inserted.count)
        var done = 0
        for place in places {
            newScalars += scalars[done..<place]
            newOrigins += origins[done..<place]
            newScalars += inserted
            newOrigins += repeatElement(origins[place], count: inserted.count)
            done = place
        }
        newScalars += scalars[done...]
        newOrigins += origins[done...]
        (scalars, origins) = (newScalars, newOrigins)
    }

    /// Puts scalars in the place of parts; they belong to the part's last scalar.
    /// - Parameter parts: in ascending order, without overlap, none empty.
    mutating func replace(_ parts: [Range<Int>], with replacement: [UInt32]) {
        guard !parts.isEmpty else { return }
        var (newScalars, newOrigins): ([UInt32], [Origin]) = ([], [])
        newScalars.reserveCapacity(count)
        newOrigins.reserveCapacity(count)
        var done = 0
        for part in parts {
            newScalars += scalars[done..<part.lowerBound]
            newOrigins += origins[done..<part.lowerBound]
            newScalars += replacement
            newOrigins += repeatElement(origins[part.upperBound - 1], count: replacement.count)
            done = part.upperBound
        }
        newScalars += scalars[done...]
        newOrigins += origins[done...]
        (scalars, origins) = (newScalars, newOrigins)
    }

    /// Puts several scalars in the place of each one; they belong to what it belonged to.
    /// - Parameter expand: appends the scalars that stand for one.
    mutating func flatMap(_ expand: (UInt32, inout [UInt32]) -> Void) {
        var (newScalars, newOrigins): ([UInt32], [Origin]) = ([], [])
        newScalars.reserveCapacity(2 * count)
        newOrigins.reserveCapacity(2 * count)
        for index in scalars.indices {
            expand(scalars[index], &newScalars)
            newOrigins += repeatElement(origins[index], count: newScalars.count - newOrigins.count)
        }
        (scalars, origins) = (newScalars, newOrigins)
    }
}
