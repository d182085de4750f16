import Foundation
import Support

extension JSONDecoder {
    /// Decodes one line, or one element of an array that was cut out as if it were a line.
    /// - Parameter rule: the layout of records in the file, for the message where one is not valid JSON.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` that names the field.
    func record<Record: Decodable>(
        _ type: Record.Type, of line: LineReader.Line, rule: String = "write one object a line"
    ) throws(CorpusError) -> Record {
        do {
            return try decode(type, from: line.bytes)
        } catch let error as DecodingError {
            if String(validating: line.bytes, as: UTF8.self) == nil { throw line.notUTF8 }
            throw .malformed(line.location, problem: error.problem(rule: rule))
        } catch {
            throw .malformed(line.location, problem: "\(error)")
        }
    }
}

extension KeyedDecodingContainer {
    /// A decoding error at one field, with a message for the reader of the file.
    func corrupted(_ key: Key, _ message: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: message)
    }
}
