/// Reads the little JSON that the headers and indices of weights are made of: objects, strings and arrays of
/// non-negative integers.
///
/// Unlike Foundation's decoder it sees repeated keys and takes no number for another.
struct JSONScanner {
    private var reader: ByteReader

    init(_ json: UnsafeRawBufferPointer, of part: String = "the header", in file: String) {
        reader = ByteReader(json, of: part, in: file)
    }

    func malformed(_ reason: String) -> WeightsError { reader.malformed(reason) }

    /// Reads an object, handing each key to `member`, which reads the value.
    mutating func object(_ member: (inout JSONScanner, String) throws -> Void) throws {
        try expect("{")
        if skip("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try member(&self, key)
        } while skip(",")
        try expect("}")
    }

    /// Reads a short array of integers from 0 to `Int.max`, such as a shape.
    mutating func integers() throws -> [Int] {
        var integers: [Int] = []
        try expect("[")
        if skip("]") { return integers }
        repeat {
            integers.append(try integer())
            guard integers.count <= StoredTensor.maximumRank else {
                throw malformed("an array has more than \(StoredTensor.maximumRank) numbers")
            }
        } while skip(",")
        try expect("]")
        return integers
    }

    /// Reads a string with its escapes.
    mutating func string() throws -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            let byte = try reader.integer(UInt8.self)
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw malformed("a string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20: throw malformed("a string holds a control character")
            default: text.append(byte)
            }
        }
    }

    /// Passes over a value of any kind.
    mutating func skipValue(depth: Int = 0) throws {
        guard depth < 32 else { throw malformed("its values are nested without end") }
        skipSpace()
        switch reader.next.map({ Character(Unicode.Scalar($0)) }) {
        case "{": try object { scanner, _ in try scanner.skipValue(depth: depth + 1) }
        case "[":
            try expect("[")
            if skip("]") { return }
            repeat { try skipValue(depth: depth + 1) } while skip(",")
            try expect("]")
        case "\"": _ = try string()
        case let start? where start.isLetter || start.isNumber || start == "-":
            while let byte = reader.next, !" \t\r\n,]}".utf8.contains(byte) { reader.advance() }
        default: throw malformed("a value is expected")
        }
    }

    /// Checks that nothing but white space is left.
    mutating func end() throws {
        skipSpace()
        guard reader.next == nil else { throw malformed("something follows the closing brace") }
    }

    private mutating func integer() throws -> Int {
        skipSpace()
        var digits = ""
        while let byte = reader.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            digits.unicodeScalars.append(Unicode.Scalar(byte))
            reader.advance()
        }
        guard let value = Int(digits), digits == "0" || !digits.hasPrefix("0") else {
            throw malformed("a whole number from 0 to \(Int.max) is expected")
        }
        return value
    }

    private mutating func escape() throws -> [UInt8] {
        switch Character(Unicode.Scalar(try reader.integer(UInt8.self))) {
        case "\"": [UInt8(ascii: "\"")]
        case "\\": [UInt8(ascii: "\\")]
        case "/": [UInt8(ascii: "/")]
        case "b": [0x08]
        case "f": [0x0C]
        case "n": [0x0A]
        case "r": [0x0D]
        case "t": [0x09]
        case "u": Array(String(try unicodeEscape()).utf8)
        default: throw malformed("a string holds an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws -> Unicode.Scalar {
        let first = try hexadecimal()
        var units = [first]
        if UTF16.isLeadSurrogate(first), try reader.text(2) == "\\u" { units.append(try hexadecimal()) }
        guard let text = String(validating: units, as: UTF16.self), let scalar = text.unicodeScalars.first else {
            throw malformed("a string holds half of a surrogate pair")
        }
        return scalar
    }

    private mutating func hexadecimal() throws -> UInt16 {
        let digits = try reader.text(4)
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
            throw malformed("a string holds a broken \\u escape")
        }
        return unit
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard skip(character) else { throw malformed("\"\(character)\" is expected") }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard let next = reader.next, Unicode.Scalar(next) == character else { return false }
        reader.advance()
        return true
    }

    private mutating func skipSpace() {
        while let byte = reader.next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { reader.advance() }
    }
}
