import Foundation

/// The models of `make setup`, by name: encoders and the tagger in `${XDG_CACHE_HOME:-$HOME/.cache}/shapca/models`.
public enum FetchedModels {
    /// A model and its place.
    struct Entry: Encodable {
        let name: String
        /// The folder in ``FetchedModels/root``.
        let folder: String
        /// Whether it is fetched only where `ENCODERS` names it.
        var isNamed = false

        var url: URL { FetchedModels.root.appending(path: folder) }
        var isFetched: Bool { FileManager.default.fileExists(atPath: url.path) }
        /// What fetches it.
        var command: String { isNamed ? "make setup ENCODERS=\(name)" : "make setup" }

        private enum CodingKeys: CodingKey { case name, folder, isFetched }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(name, forKey: .name)
            try fields.encode(url.path, forKey: .folder)
            try fields.encode(isFetched, forKey: .isFetched)
        }
    }

    private static let english = Entry(name: "en-core-web-sm", folder: "en-core-web-sm-3.8.0")

    static let entries = [
        Entry(name: "minilm-l6-v2", folder: "minilm-l6-v2-0.1.0"),
        Entry(name: "efficientnet-lite0", folder: "efficientnet-lite0-0.1.0"),
        english,
        Entry(name: "mpnet", folder: "all-mpnet-base-v2-0.0.1", isNamed: true),
        Entry(name: "efficientnet-lite2", folder: "efficientnet-lite2-0.1.0", isNamed: true),
    ]

    /// The folder of the models.
    public static var root: URL { cache.appending(path: "models") }

    /// The folder in which a frozen image encoder's features are kept.
    public static var features: URL { cache.appending(path: "features") }

    /// The folder in which the timings of machines are kept.
    public static var kernels: URL { cache.appending(path: "kernels") }

    /// The file in which contexts are kept.
    public static var contexts: URL { cache.appending(path: "contexts.sqlite") }

    private static var cache: URL {
        let path = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? ""
        let root =
            path.isEmpty
            ? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache") : URL(filePath: path)
        return root.appending(path: "shapca")
    }

    /// The folder of the part-of-speech tagger.
    public static var tagger: URL { english.url }

    /// The name of the part-of-speech tagger.
    static var taggerName: String { english.name }

    /// The places where a model of that name or path may lie, best first: a path that is elsewhere now may lie with those
    /// that are fetched.
    static func places(of nameOrPath: String) -> [URL] {
        if let entry = entry(nameOrPath) { return [entry.url] }
        let path = URL(filePath: nameOrPath)
        return [path, root.appending(path: path.lastPathComponent)]
    }

    /// Those of the places at which something is.
    static func found(_ nameOrPath: String) -> [URL] {
        places(of: nameOrPath).filter { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// What fetches a model of that name; nil where nothing does.
    package static func command(fetching name: String) -> String? { entry(name)?.command }

    private static func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

    /// The folder that a name or path means.
    /// - Throws: ``AssetError`` when it is neither the name of something fetched nor a folder.
    public static func resolve(_ nameOrPath: String) throws -> URL {
        guard let entry = entry(nameOrPath) else {
            guard FileManager.default.fileExists(atPath: nameOrPath) else {
                throw AssetError.unknown(nameOrPath, known: entries.map(\.name))
            }
            return URL(filePath: nameOrPath)
        }
        guard entry.isFetched else { throw AssetError.notFetched(entry.url.path, command: entry.command) }
        return entry.url
    }
}

/// Why an encoder or tagger cannot be found.
public enum AssetError: Error, CustomStringConvertible, Sendable, Equatable {
    case unknown(String, known: [String])
    /// - Parameter command: what fetches it.
    case notFetched(String, command: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "\(name) is neither a folder nor one of \(known.joined(separator: ", "))"
        case .notFetched(let path, let command): "\(path) does not exist; run `\(command)`"
        }
    }
}
