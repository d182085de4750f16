import Support

/// The identity of a split's content, in 64 hexadecimal digits.
///
/// The SHA-256 of the sorted SHA-256 digests of its posts. A post counts with its content, its annotation and the file
/// names of its pictures; its id, its contexts, the folders of the pictures, the order of posts, the order of entities and
/// the file format do not matter. So a CoNLL file and its conversion to JSON lines have the same fingerprint. Contexts,
/// which are made and made again for the same posts, have a fingerprint of their own.
public struct Fingerprint: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The 64 digits.
    public let hexadecimal: String

    /// Makes a fingerprint from its digits.
    package init(hexadecimal: String) {
        self.hexadecimal = hexadecimal
    }

    /// The fingerprint of some posts.
    public init(posts: some Sequence<Post>) {
        var builder = Builder()
        for post in posts { builder.add(post) }
        self = builder.fingerprint()
    }

    /// The fingerprint of the contexts of some posts: only the contexts and the file names of the pictures count.
    public init(contextsOf posts: some Sequence<Post>) {
        var builder = Builder()
        for post in posts { builder.addContext(of: post) }
        self = builder.fingerprint()
    }

    public init(from decoder: any Decoder) throws {
        hexadecimal = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(hexadecimal)
    }

    public var description: String { hexadecimal }

    /// The first twelve digits, enough to tell splits apart by eye.
    package var short: String { String(hexadecimal.prefix(12)) }

    /// Takes in posts one by one.
    struct Builder {
        private var digests: [Digest] = []

        mutating func add(_ post: Post) {
            var writer = NetstringWriter()
            let names = post.pictures.compactMap(\.name)
            writer.append(names.first ?? "")
            writer.append(post.content)
            let entities = post.entities.map { "\($0.start) \($0.end) \($0.type)" }
            let relations = post.relations.map { relation in
                let ends = [relation.head, relation.tail].map { entities.indices.contains($0) ? entities[$0] : "" }
                return "\(ends[0]) > \(ends[1]) \(relation.type)"
            }
            for annotation in entities.sortedByBytes() + relations.sortedByBytes() { writer.append(annotation) }
            if names.count > 1 { for name in ["images"] + names.dropFirst() { writer.append(name) } }
            digests.append(SHA256.digest(of: writer.bytes))
        }

        mutating func addContext(of post: Post) {
            var writer = NetstringWriter()
            writer.append(post.pictures.first?.name ?? "")
            if let context = post.context { writer.append(context) }
            for picture in post.pictures.dropFirst() {
                writer.append(picture.name ?? "")
                writer.append(picture.context ?? "")
            }
            digests.append(SHA256.digest(of: writer.bytes))
        }

        func fingerprint() -> Fingerprint {
            var hash = SHA256()
            for digest in digests.sorted() { hash.update(digest.bytes) }
            return Fingerprint(hexadecimal: hash.finalize().hexadecimal)
        }
    }
}

/// Writes strings so that no two lists of strings have the same bytes: `5:hello,` (Bernstein's netstrings).
struct NetstringWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ string: String) {
        bytes.append(contentsOf: "\(string.utf8.count):".utf8)
        bytes.append(contentsOf: string.utf8)
        bytes.append(UInt8(ascii: ","))
    }

    mutating func append(_ content: Post.Content) {
        switch content {
        case .tokens(let tokens):
            append("tokens \(tokens.count)")
            for token in tokens { append(token) }
        case .text(let text):
            append("text")
            append(text)
        }
    }
}

extension [String] {
    /// The strings in the order of their UTF-8 bytes, which is the same in every language and locale.
    fileprivate func sortedByBytes() -> [String] { sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}
