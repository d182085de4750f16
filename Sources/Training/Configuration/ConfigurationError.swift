/// What is wrong with a configuration, where, and what to do.
public enum ConfigurationError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The file cannot be read or is not YAML.
    case unreadable(place: String, reason: String)
    /// A key that no setting has.
    case unknownKey(place: String, key: String, suggestion: String?)
    /// A value that the setting cannot take.
    case badValue(place: String, key: String, value: String, expected: String)
    /// Two settings that cannot go together.
    case contradiction(String)

    public var description: String {
        switch self {
        case .unreadable(let place, let reason): "\(place): \(reason)"
        case .unknownKey(let place, let key, let suggestion):
            "\(place): unknown key \(key)" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .badValue(let place, let key, let value, let expected):
            "\(place): \(key) is \"\(value)\", but should be \(expected)"
        case .contradiction(let reason): reason
        }
    }
}
