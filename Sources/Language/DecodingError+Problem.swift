extension DecodingError {
    /// The key of a JSON document and what is wrong with it.
    package var problem: String {
        switch self {
        case .keyNotFound(let key, let context): "\(context.path(to: key)) is missing"
        case .typeMismatch(let type, let context): "\(context.path()) is not of type \(type)"
        case .valueNotFound(let type, let context): "\(context.path()) is null, not of type \(type)"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "it is not valid JSON" : "\(context.path()) \(context.debugDescription)"
        @unknown default: "\(self)"
        }
    }
}

extension DecodingError.Context {
    fileprivate func path(to key: (any CodingKey)? = nil) -> String {
        (codingPath + (key.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
    }
}
