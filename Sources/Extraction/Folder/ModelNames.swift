import Foundation
import Support

/// Models by name: the folders of model folders, and what lies in them.
package struct ModelNames: Sendable {
    /// The model that is meant where none is named.
    package static let standard = "social-en"

    /// The folders, first those that are searched first.
    package let folders: [URL]

    /// The folders of the environment variable `SHAPCA_MODELS`, separated by colons; `share/shapca/models` of the place where
    /// the program is installed; `Models` of the checkout in which it was built; and the cache.
    /// - Parameter program: the file of the program; that which runs, all links followed, when not given.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment, program: URL? = Self.runningProgram
    ) {
        let named = (environment["SHAPCA_MODELS"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
        let besides = program.map { [Self.installed(beside: $0)] + Self.checkout(of: $0) } ?? []
        folders = named + besides + [FetchedModels.root]
    }

    /// The file of the running program, all links followed.
    package static var runningProgram: URL? {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")).map { URL(filePath: $0) }
    }

    private static func installed(beside program: URL) -> URL {
        let prefix = program.deletingLastPathComponent().deletingLastPathComponent()
        return prefix.appending(path: "share/shapca/models")
    }

    /// `Models` beside the build folder that holds a program; none where it is in no build folder.
    private static func checkout(of program: URL) -> [URL] {
        var folder = program.deletingLastPathComponent()
        while folder.pathComponents.count > 1 {
            let parent = folder.deletingLastPathComponent()
            if folder.lastPathComponent.hasPrefix(".build") { return [parent.appending(path: "Models")] }
            folder = parent
        }
        return []
    }

    /// The models of all folders by their names, in alphabetical order; of two with one name the first that is found.
    package var models: [(name: String, folder: URL)] {
        var found: [String: URL] = [:]
        for folder in folders {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names where found[name] == nil && Self.isModel(folder.appending(path: name)) {
                found[name] = folder.appending(path: name)
            }
        }
        return found.sorted { $0.key < $1.key }.map { (name: $0.key, folder: $0.value) }
    }

    /// Whether a folder is a model of this program, and not an encoder, whose folders have a `config.json` too.
    private static func isModel(_ folder: URL) -> Bool {
        struct Format: Decodable { let format: String }
        guard let data = try? Data(contentsOf: folder.appending(path: ModelFolder.configuration)) else { return false }
        return (try? JSONDecoder().decode(Format.self, from: data))?.format.hasPrefix("shapca-") ?? false
    }

    /// The model folder of a name, or of a path, which has a slash; that of a run's folder is its `model`.
    /// - Parameter name: ``standard`` where it is nil.
    /// - Throws: ``ModelNameError`` where there is none of that name, and no folder in the working folder either.
    package func folder(of name: String?) throws -> URL {
        if let name, name.contains("/") {
            return Self.model(at: URL(filePath: (name as NSString).expandingTildeInPath))
        }
        let models = models
        let wanted = name ?? Self.standard
        if let found = models.first(where: { $0.name == wanted }) { return found.folder }
        let places = folders.map { $0.path(percentEncoded: false) }
        guard let name else { throw ModelNameError.noStandard(known: models.map(\.name), places: places) }
        guard FileManager.default.fileExists(atPath: name) else {
            let known = models.map(\.name)
            throw ModelNameError.unknown(name, nearest: name.nearest(in: known), known: known, places: places)
        }
        return Self.model(at: URL(filePath: name))
    }

    private static func model(at folder: URL) -> URL {
        let inside = folder.appending(path: "model")
        let isRun =
            FileManager.default.fileExists(atPath: folder.appending(path: "config.yaml").path) && isModel(inside)
        return isRun ? inside : folder
    }
}

/// Why a model is not found by its name.
package enum ModelNameError: Error, CustomStringConvertible, Sendable, Equatable {
    /// - Parameters:
    ///   - nearest: the name that is most like it.
    ///   - known: the names that there are.
    ///   - places: the folders that were searched.
    case unknown(String, nearest: String?, known: [String], places: [String])
    /// No model is named, and that which is then meant is not there.
    case noStandard(known: [String], places: [String])

    package var description: String {
        switch self {
        case .unknown(let name, let nearest, let known, let places):
            "there is no model or folder \(name.quoted); " + (nearest.map { "did you mean \($0)? " } ?? "")
                + Self.list(known, places)
        case .noStandard(let known, let places):
            "no model is named, and \(ModelNames.standard), which is meant then, is not there; name a model or its folder "
                + "with --model, or the folder of \(ModelNames.standard) with SHAPCA_MODELS; "
                + Self.list(known, places)
        }
    }

    private static func list(_ known: [String], _ places: [String]) -> String {
        known.isEmpty
            ? "there are no models in \(places.joined(separator: ", "))"
            : "the models are \(known.joined(separator: ", "))"
    }
}
