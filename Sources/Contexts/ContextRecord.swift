/// A line of a context file, as `ContextTable` reads it.
public enum ContextRecord: Encodable {
    /// Where the contexts come from; the first line.
    case header([String: String])
    case context(image: String, String)

    private enum CodingKeys: CodingKey { case header, image, context }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .header(let provenance): try fields.encode(provenance, forKey: .header)
        case .context(let image, let context):
            try fields.encode(image, forKey: .image)
            try fields.encode(context, forKey: .context)
        }
    }
}
