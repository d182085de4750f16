/// A Python value as `repr` writes it, read without running anything.
///
/// These are strings, numbers, truth values, `None`, lists, tuples, and dictionaries with strings as keys. Everything
/// else that Python knows, from sets to string prefixes, is refused.
package enum PythonLiteral: Sendable, Equatable {
    case none
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case string(String)
    case list([PythonLiteral])
    case tuple([PythonLiteral])
    case dictionary([String: PythonLiteral])

    /// Reads a text that holds one literal and nothing else but spaces.
    /// - Throws: ``PythonLiteralError``.
    package init(_ text: String) throws(PythonLiteralError) {
        var parser = PythonLiteralParser(text)
        self = try parser.parse()
    }
}

extension PythonLiteral {
    /// The string; nil for another kind.
    var string: String? { if case .string(let string) = self { string } else { nil } }

    /// The whole number; nil for another kind. A truth value is none.
    var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }

    /// The fields of a dictionary; nil for another kind.
    var dictionary: [String: PythonLiteral]? { if case .dictionary(let fields) = self { fields } else { nil } }

    /// The elements of a list or tuple; nil for another kind.
    var elements: [PythonLiteral]? {
        switch self {
        case .list(let elements), .tuple(let elements): elements
        default: nil
        }
    }

    /// The elements of a list of strings; nil where it is not one.
    var strings: [String]? { elements?.all(\.string) }

    /// The elements of a list of whole numbers; nil where it is not one.
    var integers: [Int]? { elements?.all(\.integer) }

    /// The kind in words.
    var kind: String {
        switch self {
        case .none: "None"
        case .boolean: "a truth value"
        case .integer: "a whole number"
        case .float: "a number"
        case .string: "a string"
        case .list: "a list"
        case .tuple: "a tuple"
        case .dictionary: "a dictionary"
        }
    }
}

extension [PythonLiteral] {
    /// The values that a closure makes of the elements; nil where it makes none of one.
    fileprivate func all<Value>(_ read: (PythonLiteral) -> Value?) -> [Value]? {
        var values: [Value] = []
        for element in self {
            guard let value = read(element) else { return nil }
            values.append(value)
        }
        return values
    }
}

/// The place and the reason where a text is not a Python literal.
package struct PythonLiteralError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The character at fault, counted from 1.
    package var column: Int
    /// The fault there, and its remedy.
    package var problem: String

    package var description: String { "column \(column): \(problem)" }
}
