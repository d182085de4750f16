import Support

/// Reads a Python literal by recursive descent, to a limited depth.
struct PythonLiteralParser {
    /// The most lists, tuples and dictionaries in each other.
    static let deepest = 32

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    /// The one literal of the text.
    mutating func parse() throws(PythonLiteralError) -> PythonLiteral {
        let literal = try value()
        skipSpaces()
        guard next == nil else { throw error("something follows the value; write one value a line") }
        return literal
    }

    private mutating func value() throws(PythonLiteralError) -> PythonLiteral {
        skipSpaces()
        switch next {
        case "'"?, "\""?: return .string(try string())
        case "["?: return .list(try elements(until: "]").values)
        case "("?: return try tuple()
        case "{"?: return .dictionary(try fields())
        case let scalar? where scalar == "-" || ("0"..."9").contains(scalar): return try number()
        default: return try name()
        }
    }
}

// Brackets.
extension PythonLiteralParser {
    /// The elements up to a closing bracket, and whether a comma follows the last.
    private mutating func elements(
        until close: Unicode.Scalar
    ) throws(PythonLiteralError) -> (values: [PythonLiteral], endWithComma: Bool) {
        try descend()
        defer { depth -= 1 }
        var values: [PythonLiteral] = []
        while !skip(close) {
            values.append(try value())
            guard try comma(or: close) else { return (values, false) }
        }
        return (values, !values.isEmpty)
    }

    /// The content of parentheses: a tuple where there is a comma or nothing, else the value itself.
    private mutating func tuple() throws(PythonLiteralError) -> PythonLiteral {
        let (values, endWithComma) = try elements(until: ")")
        return values.count == 1 && !endWithComma ? values[0] : .tuple(values)
    }

    private mutating func fields() throws(PythonLiteralError) -> [String: PythonLiteral] {
        try descend()
        defer { depth -= 1 }
        var fields: [String: PythonLiteral] = [:]
        while !skip("}") {
            guard next == "'" || next == "\"" else { throw unexpected("a key in quotation marks") }
            let start = position
            let key = try string()
            guard fields[key] == nil else { throw error("key \(key.quoted) is there twice; keep one", at: start) }
            guard skip(":") else { throw unexpected("a colon") }
            fields[key] = try value()
            guard try comma(or: "}") else { break }
        }
        return fields
    }

    /// Steps over an opening bracket.
    private mutating func descend() throws(PythonLiteralError) {
        guard depth < Self.deepest else { throw error("brackets more than \(Self.deepest) deep; flatten the value") }
        depth += 1
        position += 1
    }

    /// Steps over a comma or the closing bracket; true for the comma.
    private mutating func comma(or close: Unicode.Scalar) throws(PythonLiteralError) -> Bool {
        if skip(",") { return true }
        if skip(close) { return false }
        throw unexpected("a comma or \(close)")
    }
}

// Words, numbers and strings.
extension PythonLiteralParser {
    private mutating func name() throws(PythonLiteralError) -> PythonLiteral {
        let start = position
        while let letter = next, letter.properties.isAlphabetic || letter == "_" { position += 1 }
        switch string(from: start) {
        case "None": return .none
        case "True": return .boolean(true)
        case "False": return .boolean(false)
        case "": throw unexpected("a value")
        case let name: throw error("\(name.quoted) is not a literal; write None, True, False or a string", at: start)
        }
    }

    /// A decimal number as `repr` writes it: no plus sign, no leading zeros, digits around the point.
    private mutating func number() throws(PythonLiteralError) -> PythonLiteral {
        let start = position
        _ = step(over: "-")
        let leading = next
        let count = digits()
        var isWhole = true
        var isNumber = count == 1 || count > 1 && leading != "0"
        if step(over: ".") {
            isWhole = false
            isNumber = digits() > 0 && isNumber
        }
        if step(over: "e") {
            isWhole = false
            if !step(over: "-") { _ = step(over: "+") }
            isNumber = digits() > 0 && isNumber
        }
        guard isNumber else { throw error("not a decimal number", at: start) }
        if isWhole, let integer = Int(string(from: start)) { return .integer(integer) }
        if !isWhole, let float = Double(string(from: start)), float.isFinite { return .float(float) }
        throw error("the number is too large", at: start)
    }

    /// Steps over digits; returns how many there are.
    private mutating func digits() -> Int {
        let start = position
        while let digit = next, ("0"..."9").contains(digit) { position += 1 }
        return position - start
    }

    /// A string between quotation marks of either kind.
    private mutating func string() throws(PythonLiteralError) -> String {
        let start = position
        let mark = text[position]
        position += 1
        var content = String.UnicodeScalarView()
        while let scalar = next, scalar != mark {
            position += 1
            content.append(scalar == "\\" ? try escaped() : scalar)
        }
        guard step(over: mark) else { throw error("the string that begins here has no end; it is cut off", at: start) }
        return String(content)
    }

    /// The character that is written behind a backslash.
    private mutating func escaped() throws(PythonLiteralError) -> Unicode.Scalar {
        let start = position - 1
        guard let letter = next else { throw unexpected("the rest of an escape") }
        position += 1
        switch letter {
        case "\\", "'", "\"": return letter
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "x": return try scalar(digits: 2, from: start)
        case "u": return try scalar(digits: 4, from: start)
        case "U": return try scalar(digits: 8, from: start)
        default: throw error(#"not an escape; write \n \r \t \\ \' \" \xNN \uNNNN or \UNNNNNNNN"#, at: start)
        }
    }

    /// The character whose number is written in hexadecimal digits.
    private mutating func scalar(digits count: Int, from start: Int) throws(PythonLiteralError) -> Unicode.Scalar {
        let digits = text[position...].prefix(count)
        guard digits.count == count, digits.allSatisfy(\.properties.isASCIIHexDigit) else {
            throw error("this escape needs \(count) hexadecimal digits", at: start)
        }
        position += count
        guard let scalar = UInt32(string(from: position - count), radix: 16).flatMap(Unicode.Scalar.init) else {
            throw error(#"no character has this number; write one beyond U+FFFF as \UNNNNNNNN"#, at: start)
        }
        return scalar
    }
}

// Steps through the text.
extension PythonLiteralParser {
    /// The character to be read next; nil at the end.
    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    /// The text between a position and the next character.
    private func string(from start: Int) -> String {
        String(String.UnicodeScalarView(text[start..<position]))
    }

    private mutating func skipSpaces() {
        while next == " " || next == "\t" { position += 1 }
    }

    /// Steps over a character where it is the next.
    private mutating func step(over scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    /// Steps over spaces, and over a character where it is the next behind them.
    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        skipSpaces()
        return step(over: scalar)
    }

    private func unexpected(_ expected: String) -> PythonLiteralError {
        error(next == nil ? "the line ends before \(expected); it is cut off" : "expected \(expected)")
    }

    /// An error at a position, or at the next character.
    private func error(_ problem: String, at place: Int? = nil) -> PythonLiteralError {
        PythonLiteralError(column: 1 + (place ?? position), problem: problem)
    }
}
