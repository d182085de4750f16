import Foundation

extension JSONDecoder {
    /// Decodes one line, or one element of an array that was cut out as if it were a line.
    /// - Parameter rule: how records are laid out in the file, for the message where one is not valid JSON.
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

extension DecodingError {
    /// The error in the words of the file: which field, what is wrong, what to do.
    fileprivate func problem(rule: String) -> String {
        switch self {
        case .typeMismatch(_, let context) where context.codingPath.isEmpty,
            .valueNotFound(_, let context) where context.codingPath.isEmpty:
            "not an object; \(rule), {\"name\": value, …}"
        case .typeMismatch(let type, let context):
            "field \(context.field): expected \(Self.name(of: type)), found another type"
        case .valueNotFound(let type, let context):
            "field \(context.field): expected \(Self.name(of: type)), found null"
        case .keyNotFound(let key, let context):
            "field \(context.field(key)): missing; add it"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "field \(context.field): \(context.debugDescription)"
        case .dataCorrupted(let context):
            "not valid JSON (\(context.cause)); \(rule)"
        @unknown default:
            "\(self)"
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is any RangeReplaceableCollection.Type: "a list"
        default: "an object"
        }
    }
}

extension DecodingError.Context {
    /// The path of the field, for example `entities[2].start`.
    fileprivate var field: String {
        codingPath.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }

    fileprivate func field(_ key: any CodingKey) -> String {
        codingPath.isEmpty ? key.stringValue : "\(field).\(key.stringValue)"
    }

    /// What the JSON parser says.
    fileprivate var cause: String {
        let detail = (underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String ?? debugDescription
        return detail.hasSuffix(".") ? String(detail.dropLast()) : detail
    }
}
