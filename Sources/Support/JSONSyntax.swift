import Foundation

/// Checks that bytes are one JSON value (RFC 8259) whose objects name no key twice, and says where they are not.
package struct JSONSyntax {
    /// The place of a fault and what it is.
    package struct Fault: Error {
        /// The line, and the character in it, counted from 1.
        package var line: Int
        package var column: Int
        /// The path of the value at fault, for example `entities[2].start`; empty for the value itself.
        package var path: String
        /// The fault, and its remedy.
        package var problem: String
    }

    /// The most lists and objects in each other, as in `JSONDecoder`.
    static let deepest = 512

    private let bytes: [UInt8]
    private var position = 0
    private var path: [Step] = []
    /// The bytes of each number so far, where they are asked for.
    private var numbers: [Range<Int>]?
    /// The first byte of a number whose path is asked for.
    private var target: Int?

    private enum Step {
        case key(String)
        case index(Int)
    }

    /// Checks bytes, which are UTF-8.
    package static func check(_ bytes: [UInt8]) throws(Fault) {
        var syntax = JSONSyntax(bytes: bytes)
        try syntax.value()
        syntax.skipSpace()
        if syntax.current != nil { throw syntax.fault("something follows the value; remove it") }
    }

    /// The numbers of a value that is JSON, by their bytes.
    static func numbers(in bytes: [UInt8]) -> [Range<Int>] {
        var syntax = JSONSyntax(bytes: bytes)
        syntax.numbers = []
        try? syntax.value()
        return syntax.numbers ?? []
    }

    /// The path of the number that begins at a byte of a value that is JSON.
    static func path(ofNumberAt offset: Int, in bytes: [UInt8]) -> String {
        var syntax = JSONSyntax(bytes: bytes)
        syntax.target = offset
        do throws(Fault) { try syntax.value() } catch { return error.path }
        return ""
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value() throws(Fault) {
        skipSpace()
        switch current {
        case .openingBrace?: try object()
        case .openingBracket?: try list()
        case .quotationMark?: _ = try string()
        case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: try number()
        default: try name()
        }
    }

    private mutating func object() throws(Fault) {
        try descend()
        var keys: Set<String> = []
        skipSpace()
        if skip(.closingBrace) { return }
        repeat {
            skipSpace()
            guard current == .quotationMark else { throw unexpected("a key in double quotation marks") }
            let start = position
            let key = try string()
            skipSpace()
            guard skip(.colon) else { throw unexpected("a colon behind the key") }
            path.append(.key(key))
            guard keys.insert(key).inserted else { throw fault("the key is there twice; keep one", at: start) }
            try value()
            path.removeLast()
            skipSpace()
        } while skip(.comma)
        guard skip(.closingBrace) else { throw unexpected("a comma or }") }
    }

    private mutating func list() throws(Fault) {
        try descend()
        skipSpace()
        if skip(.closingBracket) { return }
        var index = 0
        repeat {
            path.append(.index(index))
            try value()
            path.removeLast()
            index += 1
            skipSpace()
        } while skip(.comma)
        guard skip(.closingBracket) else { throw unexpected("a comma or ]") }
    }

    private mutating func descend() throws(Fault) {
        guard path.count < Self.deepest else { throw fault("nested more than \(Self.deepest) deep; flatten the value") }
        position += 1
    }

    private mutating func name() throws(Fault) {
        let start = position
        while let byte = current, byte.isLetter { position += 1 }
        switch String(decoding: bytes[start..<position], as: UTF8.self) {
        case "true", "false", "null": return
        case "" where current == UInt8(ascii: "'"): throw fault("strings stand in double quotation marks", at: start)
        case "": throw unexpected("a value")
        case let name: throw fault("\(name.quoted) is not JSON; write null, true, false or a string", at: start)
        }
    }

    private mutating func number() throws(Fault) {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        let leading = current
        let count = digits()
        var isNumber = count == 1 || count > 1 && leading != UInt8(ascii: "0")
        if skip(UInt8(ascii: ".")) { isNumber = digits() > 0 && isNumber }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            if !skip(UInt8(ascii: "-")) { _ = skip(UInt8(ascii: "+")) }
            isNumber = digits() > 0 && isNumber
        }
        guard isNumber, start != target else { throw fault("not a decimal number, such as 12 or -0.5", at: start) }
        numbers?.append(start..<position)
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = current, byte.isDigit { position += 1 }
        return position - start
    }
}

// Strings.
extension JSONSyntax {
    /// Steps over a string; returns it as it is written.
    private mutating func string() throws(Fault) -> String {
        let start = position
        position += 1
        while let byte = current, byte != .quotationMark {
            switch byte {
            case .backslash: try escape()
            case .tab: throw fault(#"a raw tab in a string; write \t"#)
            case 0..<0x20: throw fault(#"a raw control character in a string; write \u00\#(byte.hexadecimal)"#)
            default: position += 1
            }
        }
        guard skip(.quotationMark) else { throw fault("the string that begins here has no end", at: start) }
        return String(decoding: bytes[start + 1..<position - 1], as: UTF8.self)
    }

    private mutating func escape() throws(Fault) {
        let start = position
        position += 1
        guard let letter = current else { return }
        position += 1
        guard letter == UInt8(ascii: "u") else {
            guard #""\/bfnrt"#.utf8.contains(letter) else {
                throw fault(#"not an escape; write \n \r \t \b \f \\ \/ \" or \uNNNN"#, at: start)
            }
            return
        }
        let unit = try codeUnit(from: start)
        guard UTF16.isSurrogate(unit) else { return }
        if UTF16.isLeadSurrogate(unit), skip(.backslash), skip(UInt8(ascii: "u")),
            UTF16.isTrailSurrogate(try codeUnit(from: start))
        {
            return
        }
        throw fault("half of a surrogate pair is no character; write both halves, or the character itself", at: start)
    }

    /// The number in the four digits of an escape.
    private mutating func codeUnit(from start: Int) throws(Fault) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.isHexadecimalDigit),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("this escape needs 4 hexadecimal digits", at: start) }
        position += 4
        return unit
    }
}

// Steps through the bytes.
extension JSONSyntax {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, [.space, .tab, .carriageReturn, .lineFeed].contains(byte) { position += 1 }
    }

    /// Steps over a byte where it is the next.
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private func unexpected(_ expected: String) -> Fault {
        fault(current == nil ? "it ends before \(expected); it is cut off" : "expected \(expected)")
    }

    private func fault(_ problem: String, at offset: Int? = nil) -> Fault {
        let path = path.reduce(into: "") { path, step in
            switch step {
            case .key(let key): path += path.isEmpty ? key : ".\(key)"
            case .index(let index): path += "[\(index)]"
            }
        }
        let before = String(decoding: bytes[..<(offset ?? position)], as: UTF8.self)
        let lines = before.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
        return Fault(
            line: lines.count, column: 1 + (lines.last?.unicodeScalars.count ?? 0), path: String(path.prefix(100)),
            problem: problem)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isHexadecimalDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
    fileprivate var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
