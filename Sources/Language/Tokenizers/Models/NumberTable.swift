/// A hash table from whole numbers to whole numbers: open addressing, half of the slots free at least.
struct NumberTable: Sendable {
    private struct Slot {
        var key: UInt64
        var value: UInt64
    }

    private static let free = UInt64.max

    private var slots: [Slot]
    private var shift: UInt64
    private var count = 0

    /// An empty table with room for as many entries as `capacity` says; it grows where there are more.
    init(capacity: Int = 0) {
        var (size, bits) = (16, 4)
        while size < 2 * capacity { (size, bits) = (size * 2, bits + 1) }
        slots = [Slot](repeating: Slot(key: Self.free, value: 0), count: size)
        shift = UInt64(64 - bits)
    }

    /// The value of a key; setting it replaces the one that is there.
    /// - Precondition: The key is not `UInt64.max`.
    subscript(key: UInt64) -> UInt64? {
        get {
            let slot = slots[index(of: key)]
            return slot.key == key ? slot.value : nil
        }
        set(value) {
            guard let value else { return }
            if 2 * (count + 1) > slots.count { grow() }
            let index = index(of: key)
            if slots[index].key == Self.free { count += 1 }
            slots[index] = Slot(key: key, value: value)
        }
    }

    /// All keys, in no order.
    var keys: some Sequence<UInt64> { slots.lazy.filter { $0.key != Self.free }.map(\.key) }

    /// The slot that holds the key, or the free one where it belongs.
    private func index(of key: UInt64) -> Int {
        var index = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
        while slots[index].key != key && slots[index].key != Self.free { index = (index &+ 1) & (slots.count - 1) }
        return index
    }

    private mutating func grow() {
        var larger = NumberTable(capacity: slots.count)
        for slot in slots where slot.key != Self.free { larger[slot.key] = slot.value }
        self = larger
    }
}
