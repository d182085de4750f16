import Foundation

/// The entries of an object of a JSON document, told apart by their scalars.
///
/// Dictionaries of Swift, and so `JSONDecoder`, take canonically equivalent keys for the same: `é` of one scalar and of
/// two. A vocabulary may have both as pieces.
struct ExactObject {
    /// The document, for decoders of its parts.
    static let document = CodingUserInfoKey(rawValue: "document")!

    private let bytes: [UInt8]
    private var position = 0

    /// The entries; nil where a value is no whole number.
    /// - Parameters:
    ///   - document: valid JSON.
    ///   - path: the keys that lead to the object.
    static func numbers(in document: [UInt8], at path: String...) -> [(String, Int)]? {
        var reader = ExactObject(bytes: document)
        for name in path { reader.enter(name) }
        var entries: [(String, Int)]? = []
        reader.forEachEntry { reader, key in
            let text = String(decoding: reader.value(), as: UTF8.self)
            guard let number = Int(text) ?? Double(text).flatMap(Int.init(exactly:)) else {
                entries = nil
                return false
            }
            entries?.append((key, number))
            return true
        }
        return entries
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Goes to the value of a key of the object that begins here; of equal keys the first counts.
    private mutating func enter(_ name: String) {
        forEachEntry { reader, key in
            if key.utf8.elementsEqual(name.utf8) { return false }
            _ = reader.value()
            return true
        }
    }

    /// Hands over the keys of the object that begins here, each with the reader before its value.
    /// - Parameter body: reads the value and returns true, or stops there.
    private mutating func forEachEntry(_ body: (inout ExactObject, String) -> Bool) {
        skip(UInt8(ascii: "{"))
        while position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            let key = Self.string(value())
            skip(UInt8(ascii: ":"))
            guard body(&self, key) else { return }
            skip(UInt8(ascii: ","))
        }
    }

    /// The bytes of the value that begins here.
    private mutating func value() -> ArraySlice<UInt8> {
        let start = position
        var depth = 0
        var isInString = false
        while position < bytes.count {
            let byte = bytes[position]
            if isInString {
                if byte == UInt8(ascii: "\\") { position += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
                    if depth == 0 { return bytes[start..<position] }
                default: break
                }
                if depth < 0 { return bytes[start..<position] }
            }
            position += 1
        }
        return bytes[start..<min(position, bytes.count)]
    }

    /// Skips white space, and a mark with the white space around it.
    private mutating func skip(_ mark: UInt8) {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
        if position < bytes.count, bytes[position] == mark { position += 1 }
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    /// The string that a literal writes.
    private static func string(_ literal: ArraySlice<UInt8>) -> String {
        if literal.contains(UInt8(ascii: "\\")),
            let string = try? JSONDecoder().decode(String.self, from: Data(literal))
        {
            return string
        }
        return String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
    }
}
