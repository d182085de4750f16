/// A hash table from sequences of Unicode scalars to piece ids that finds the longest entry a word begins with.
///
/// The hash, FNV-1a over scalars, can be extended by a scalar and shrunk by the last one, so a word is hashed once and
/// its prefixes follow. Pieces that begin a word and pieces that continue one (`##…`) share the table under different
/// seeds.
struct PieceTable: Sendable {
    /// The places in a word at which a piece may occur.
    enum Position: UInt64 {
        case initial = 0xcbf2_9ce4_8422_2325
        case continuing = 0x8422_2325_cbf2_9ce4
    }

    private struct Slot {
        var hash: UInt64 = 0
        var start: Int32 = 0
        var length: Int32 = 0
        var id: Int32 = -1
    }

    private var slots: [Slot]
    private var scalars: [UInt32] = []
    private var count = 0
    private var longest = 0

    /// An empty table with room for as many entries as `capacity` says.
    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = [Slot](repeating: Slot(), count: size)
        scalars.reserveCapacity(8 * capacity)
    }

    /// Adds a piece; one that is already there gets the new id.
    /// - Precondition: The capacity is not exceeded.
    mutating func insert(_ piece: [UInt32], at position: Position, id: Int) {
        let hash = Self.hash(of: piece.span, at: position)
        let index = slot(of: piece.span, hash: hash)
        if slots[index].id < 0 {
            count += 1
            precondition(2 * count <= slots.count, "a PieceTable holds no more than its capacity")
            slots[index] = Slot(hash: hash, start: Int32(scalars.count), length: Int32(piece.count))
            scalars.append(contentsOf: piece)
            longest = max(longest, piece.count)
        }
        slots[index].id = Int32(id)
    }

    /// The id of an entry.
    func id(of piece: Span<UInt32>, at position: Position) -> Int? {
        let id = slots[slot(of: piece, hash: Self.hash(of: piece, at: position))].id
        return id >= 0 ? Int(id) : nil
    }

    /// The longest entry that the word begins with.
    func longestPrefix(of word: Span<UInt32>, at position: Position) -> (id: Int, length: Int)? {
        var prefix = word.extracting(first: longest)
        var hash = Self.hash(of: prefix, at: position)
        while !prefix.isEmpty {
            let id = slots[slot(of: prefix, hash: hash)].id
            if id >= 0 { return (Int(id), prefix.count) }
            hash = Self.shrink(hash, prefix[prefix.count - 1])
            prefix = prefix.extracting(droppingLast: 1)
        }
        return nil
    }

    /// The slot that holds the piece, or the free one where it belongs.
    private func slot(of piece: Span<UInt32>, hash: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (slots.count - 1)
        while slots[index].id >= 0 {
            if slots[index].hash == hash && holds(slots[index], piece) { break }
            index = (index + 1) & (slots.count - 1)
        }
        return index
    }

    private func holds(_ slot: Slot, _ piece: Span<UInt32>) -> Bool {
        guard piece.count == Int(slot.length) else { return false }
        for index in piece.indices where piece[index] != scalars[Int(slot.start) + index] { return false }
        return true
    }

    private static func hash(of piece: Span<UInt32>, at position: Position) -> UInt64 {
        var hash = position.rawValue
        for index in piece.indices { hash = extend(hash, piece[index]) }
        return hash
    }

    private static func extend(_ hash: UInt64, _ scalar: UInt32) -> UInt64 {
        (hash ^ UInt64(scalar)) &* 0x0000_0100_0000_01b3
    }

    /// Undoes `extend`: the factor is the inverse of the other modulo 2^64.
    private static func shrink(_ hash: UInt64, _ scalar: UInt32) -> UInt64 {
        (hash &* 0xce96_5057_aff6_957b) ^ UInt64(scalar)
    }
}
