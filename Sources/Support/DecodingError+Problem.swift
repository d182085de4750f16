import Foundation

extension DecodingError {
    /// The error in the words of the file: the field, the fault, the remedy.
    /// - Parameter rule: the file's layout, for the message where it is not valid JSON or not an object.
    package func problem(rule: String) -> String {
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
        case is Bool.Type: "true or false"
        case is any FixedWidthInteger.Type: "a whole number"
        case is Double.Type: "a number"
        case is any RangeReplaceableCollection.Type: "a list"
        default: "an object"
        }
    }
}

extension DecodingError.Context {
    /// The path of the field, for example `entities[2].start`.
    package var field: String {
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

    /// The JSON parser's message.
    package var cause: String {
        let detail = (underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String ?? debugDescription
        return detail.hasSuffix(".") ? String(detail.dropLast()) : detail
    }
}
