import Foundation
import Support

extension JSONDecoder {
    /// Decodes one line, or one element of an array that was cut out as if it were a line.
    /// - Parameter rule: the layout of records in the file, for the message where one is not valid JSON.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` that names the place and the field.
    func record<Record: Decodable>(
        _ type: Record.Type, of line: LineReader.Line, rule: String = "write one object a line"
    ) throws(CorpusError) -> Record {
        let bytes = Data(try line.text().withoutTrailingSpace.utf8)
        do throws(JSONSyntax.Fault) {
            try JSONSyntax.check(Array(bytes))
        } catch {
            throw line.malformed(error, rule: rule)
        }
        do {
            return try decode(type, from: bytes)
        } catch let error as DecodingError {
            throw .malformed(line.location, problem: error.problemOfNumber ?? error.problem(rule: rule))
        } catch {
            throw .malformed(line.location, problem: "not a record; \(rule)")
        }
    }
}

extension LineReader.Line {
    /// The error of JSON with a fault, with the line and column of it.
    fileprivate func malformed(_ fault: JSONSyntax.Fault, rule: String) -> CorpusError {
        let before = String(decoding: bytes.prefix(fault.offset), as: UTF8.self)
        let lines = before.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
        let column = (lines.last?.unicodeScalars.count ?? 0) + (lines.count == 1 ? indent : 0) + 1
        let place = SourceLocation(file: location.file, line: location.line + lines.count - 1)
        let (path, remedy) = fault.path.isEmpty ? ("", "; \(rule)") : (" in \(fault.path)", "")
        return .malformed(place, problem: "not valid JSON: column \(column)\(path): \(fault.problem)\(remedy)")
    }
}

extension DecodingError {
    /// The words for a value that has no message here, which is a number; nil for other errors.
    fileprivate var problemOfNumber: String? {
        guard case .dataCorrupted(let context) = self, !(context.underlyingError is FieldError) else { return nil }
        let field = context.codingPath.isEmpty ? "" : "field \(context.field): "
        return "\(field)a number is not whole, or too large; give a whole number"
    }
}

/// The mark of a decoding error whose message is written here.
private struct FieldError: Error {}

extension KeyedDecodingContainer {
    /// A decoding error at one field, with a message for the reader of the file.
    func corrupted(_ key: Key, _ message: String) -> DecodingError {
        .corrupted(codingPath + [key], message)
    }

    /// A whole number.
    func decodeWhole(forKey key: Key) throws -> Int {
        do {
            return try decode(Int.self, forKey: key)
        } catch let error as DecodingError {
            throw error
        } catch {
            throw corrupted(key, "the number is not whole, or too large; give a whole number")
        }
    }
}

extension DecodingError {
    /// A decoding error at a path, with a message for the reader of the file.
    static func corrupted(_ path: [any CodingKey], _ message: String) -> DecodingError {
        .dataCorrupted(Context(codingPath: path, debugDescription: message, underlyingError: FieldError()))
    }
}
