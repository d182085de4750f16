import Foundation

/// The models of `make setup`, by name: encoders and the tagger in `${XDG_CACHE_HOME:-$HOME/.cache}/shapca/models`.
public enum FetchedModels {
    private static let folders = [
        "minilm-l6-v2": "minilm-l6-v2-0.1.0",
        "efficientnet-lite0": "efficientnet-lite0-0.1.0",
        "en-core-web-sm": "en-core-web-sm-3.8.0",
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
    public static var tagger: URL { root.appending(path: "en-core-web-sm-3.8.0") }

    /// The places where a model of that name or path may lie, best first: a path that is elsewhere now may lie with those
    /// that are fetched.
    static func places(of nameOrPath: String) -> [URL] {
        if let folder = folders[nameOrPath] { return [root.appending(path: folder)] }
        let path = URL(filePath: nameOrPath)
        return [path, root.appending(path: path.lastPathComponent)]
    }

    /// Whether `make setup` fetches a model of that name.
    package static func isFetched(_ name: String) -> Bool { folders[name] != nil }

    /// The folder that a name or path means.
    /// - Throws: ``AssetError`` when it is neither the name of something fetched nor a folder.
    public static func resolve(_ nameOrPath: String) throws -> URL {
        let isPath = FileManager.default.fileExists(atPath: nameOrPath)
        guard let folder = folders[nameOrPath] else {
            guard isPath else { throw AssetError.unknown(nameOrPath, known: folders.keys.sorted()) }
            return URL(filePath: nameOrPath)
        }
        let url = root.appending(path: folder)
        guard FileManager.default.fileExists(atPath: url.path) else { throw AssetError.notFetched(url.path) }
        return url
    }
}

/// Why an encoder or tagger cannot be found.
public enum AssetError: Error, CustomStringConvertible, Sendable, Equatable {
    case unknown(String, known: [String])
    case notFetched(String)

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "\(name) is neither a folder nor one of \(known.joined(separator: ", "))"
        case .notFetched(let path): "\(path) does not exist; run `make setup`"
        }
    }
}
