/// The 64-bit FNV-1a hash: a short digest for fixtures that Swift and Python compute alike.
///
/// Fowler, Noll, Vo: http://www.isthe.com/chongo/tech/comp/fnv/
public struct FNV1a: Sendable {
    /// The digest of everything fed so far.
    public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// A hash that has been fed nothing.
    public init() {}

    /// The hash of a text's UTF-8 bytes.
    public init(_ text: some StringProtocol) {
        self.init()
        update(text.utf8)
    }

    /// Feeds bytes.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
    }

    /// Feeds a number as four little-endian bytes.
    public mutating func update(_ number: Int32) {
        withUnsafeBytes(of: number.littleEndian) { update($0) }
    }
}
