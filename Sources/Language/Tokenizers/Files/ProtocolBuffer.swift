/// The fields of a message in protocol buffers' wire format, one after the other.
struct ProtocolBuffer {
    /// The content of a field.
    enum Value {
        case number(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    /// A message that ends early or holds what is no field.
    struct Fault: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ message: ArraySlice<UInt8>) { rest = message }

    /// The next field; nil at the end.
    mutating func next() throws(Fault) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try number()
        let field = Int(truncatingIfNeeded: key >> 3)
        switch key & 7 {
        case 0: return (field, .number(try number()))
        case 1: return (field, .fixed64(try fixed(8)))
        case 2:
            guard let count = Int(exactly: try number()) else { throw Fault() }
            return (field, .bytes(try take(count)))
        case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw Fault()
        }
    }

    /// A number in groups of seven bits, the lowest first.
    private mutating func number() throws(Fault) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw Fault() }
            result |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return result }
        }
        throw Fault()
    }

    private mutating func fixed(_ count: Int) throws(Fault) -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: Int) throws(Fault) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Fault() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
