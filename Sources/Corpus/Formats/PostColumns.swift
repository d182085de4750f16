import Support

/// The names of the columns, or of the fields, that have the parts of a post; nil is the usual one.
public struct PostColumns: Sendable, Equatable {
    /// Usually `text`.
    public var text: String?
    /// Usually `image`.
    public var image: String?
    /// Usually `context`.
    public var context: String?

    public init(text: String? = nil, image: String? = nil, context: String? = nil) {
        (self.text, self.image, self.context) = (text, image, context)
    }

    static let key = CodingUserInfoKey(rawValue: "ShapCA.PostColumns")!

    /// Whether all names are the usual ones.
    public var isUsual: Bool { self == PostColumns() }

    /// The names that are given.
    var names: Set<String> { Set([text, image, context].compactMap(\.self)) }

    /// The names that there are, for a message about one that is not among them.
    /// - Parameter kind: what has the names, in the plural.
    static func hint(_ kind: String, for name: String, among names: [String]) -> String {
        let most = 20
        let list = names.prefix(most).map(\.quoted).joined(separator: ", ")
        let more = names.count > most ? " and \(names.count - most) more" : ""
        let nearest = name.nearest(in: names).map { "; did you mean \($0.quoted)?" } ?? ""
        return "the \(kind) are \(list)\(more)\(nearest)"
    }
}
