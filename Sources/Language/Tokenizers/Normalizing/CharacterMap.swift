import Foundation

/// The precompiled character map of a SentencePiece model: byte sequences and what is put in their place.
///
/// Kudo and Richardson: SentencePiece, 2018. A double-array trie (Aoe, 1989; the layout is that of Darts-clone) leads
/// from the bytes to a place in a list of strings that end with a zero.
struct CharacterMap: Sendable {
    /// The longest grapheme, in bytes, that is looked up as a whole.
    private static let longestGrapheme = 5

    private let units: [UInt32]
    private let strings: [UInt8]
    /// What is put in the place of each ASCII scalar; nil where it stays.
    private var ascii: [[UInt32]?] = []

    /// Reads a map: the number of bytes of the trie, the trie, the strings. Nil where it is none.
    init?(_ data: [UInt8]) {
        guard data.count >= 4 else { return nil }
        func word(at index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(data[index + $1]) << UInt32(8 * $1) }
        }
        let size = Int(word(at: 0))
        guard size.isMultiple(of: 4), size > 0, size <= data.count - 4 else { return nil }
        units = stride(from: 4, to: 4 + size, by: 4).map(word)
        strings = Array(data[(4 + size)...])
        guard String(validating: strings, as: UTF8.self) != nil else { return nil }
        ascii = (0..<128).map { replacement(of: CollectionOfOne($0)) }
    }

    /// Puts in the place of graphemes, else of their scalars, what the map says.
    func normalize(_ text: inout AlignedText) {
        let scalars = text.scalars
        var changes: [AlignedText.Change] = []
        changes.reserveCapacity(scalars.count)
        var isChanged = false
        func add(_ replacement: [UInt32], for count: Int) {
            isChanged = true
            let surplus = replacement.count - count
            for (index, scalar) in replacement.enumerated() {
                changes.append(.init(scalar: scalar, count: index < count ? 0 : 1))
            }
            if surplus < 0, !changes.isEmpty { changes[changes.count - 1].count += surplus }
        }
        func add(each scalar: UInt32) {
            if scalar < 0x80 {
                if let replacement = ascii[Int(scalar)] { return add(replacement, for: 1) }
            } else if let bytes = scalar.scalar.flatMap(UTF8.encode), let replacement = replacement(of: bytes) {
                return add(replacement, for: 1)
            }
            changes.append(.init(scalar: scalar, count: 0))
        }
        for grapheme in Graphemes(scalars) {
            if grapheme.count > 1 {
                let bytes = scalars[grapheme].utf8(atMost: Self.longestGrapheme + 1)
                if bytes.count <= Self.longestGrapheme, let replacement = replacement(of: bytes) {
                    add(replacement, for: grapheme.count)
                    continue
                }
            }
            for index in grapheme { add(each: scalars[index]) }
        }
        if isChanged { text.apply(changes) }
    }

    /// What stands in the map for the shortest of its entries that begin the bytes.
    private func replacement(of bytes: some Sequence<UInt8>) -> [UInt32]? {
        var node = offset(of: units[0])
        for byte in bytes {
            guard byte != 0 else { return nil }
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00FF == UInt32(byte) else { return nil }
            let isEnd = units[node] >> 8 & 1 == 1
            node ^= offset(of: units[node])
            guard node < units.count else { return nil }
            if isEnd { return string(at: Int(units[node] & 0x7FFF_FFFF)) }
        }
        return nil
    }

    private func offset(of unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }

    private func string(at start: Int) -> [UInt32]? {
        guard start < strings.count else { return nil }
        let end = strings[start...].firstIndex(of: 0) ?? strings.count
        return String(validating: strings[start..<end], as: UTF8.self)?.scalarValues
    }
}

extension ArraySlice<UInt32> {
    /// The UTF-8 of the scalars; where it is longer than `limit`, at least as many bytes of it.
    fileprivate func utf8(atMost limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in self where bytes.count < limit {
            if let encoded = value.scalar.flatMap(UTF8.encode) { bytes += encoded }
        }
        return bytes
    }
}

/// The extended grapheme clusters of scalars (Unicode Standard Annex #29), as ranges.
struct Graphemes: Sequence, IteratorProtocol {
    private let scalars: [UInt32]
    private var position = 0
    /// The ends of clusters that are known, last first.
    private var ends: [Int] = []

    init(_ scalars: [UInt32]) { self.scalars = scalars }

    mutating func next() -> Range<Int>? {
        guard position < scalars.count else { return nil }
        if ends.isEmpty {
            if endsBefore(position + 1) {
                position += 1
                return position - 1..<position
            }
            findEnds()
        }
        let start = position
        position = ends.removeLast()
        return start..<position
    }

    /// Whether a cluster ends before a scalar for certain: it and the one before are ASCII, and not a line's end.
    private func endsBefore(_ index: Int) -> Bool {
        index == scalars.count
            || scalars[index - 1] < 0x80 && scalars[index] < 0x80
                && (scalars[index - 1], scalars[index]) != (0x0D, 0x0A)
    }

    /// Finds the clusters up to the next end that is certain.
    private mutating func findEnds() {
        var end = position + 1
        while !endsBefore(end) { end += 1 }
        let string = String(String.UnicodeScalarView(scalars[position..<end].compactMap(Unicode.Scalar.init)))
        var place = position
        ends = string.map { character in
            place += character.unicodeScalars.count
            return place
        }
        ends.reverse()
    }
}
