import Foundation

extension DecodingError {
    /// The error in the words of the file: the field, the fault, the remedy.
    /// - Parameter rule: the file's layout, for the message where it is not an object.
    func problem(rule: String) -> String {
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
        case .dataCorrupted(let context): context.debugDescription
        @unknown default: "not a record; \(rule)"
        }
    }

    /// A decoding error at a path, with a message for the reader of the file.
    package static func corrupted(_ path: [any CodingKey], _ message: String) -> DecodingError {
        .dataCorrupted(Context(codingPath: path, debugDescription: message, underlyingError: OwnWords()))
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

/// The mark of a decoding error whose message is ours.
private struct OwnWords: Error {}

extension KeyedDecodingContainer {
    /// A decoding error at one field, with a message for the reader of the file.
    package func corrupted(_ key: Key, _ message: String) -> DecodingError { .corrupted(codingPath + [key], message) }
}

extension DecodingError.Context {
    /// Whether the message is a library's, which is for programmers.
    var isForeign: Bool { !(underlyingError is OwnWords) }

    /// The path of the field, for example `entities[2].start`.
    var field: String {
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
}
