import Foundation
import Language
import Torch
import Vision

extension EncoderReference {
    /// The kind of an encoder.
    package enum Role: Sendable {
        case text
        case picture

        var name: String { self == .text ? "text encoder" : "image encoder" }

        /// The digest of the weights at the place of an encoder.
        fileprivate func digest(at url: URL) throws -> String {
            let file =
                switch self {
                case .text: try textWeightsFile(in: url)
                case .picture: try imageWeightsFile(at: url)
                }
            // An index names the files whose digest counts.
            let checked = file.pathExtension == "json" ? nil : FetchedManifest.digest(of: file)
            return try checked ?? weightsDigest(at: file)
        }
    }

    /// Names an encoder by what lies there now.
    /// - Parameter nameOrPath: the name of a fetched encoder, or a path.
    /// - Throws: `AssetError`, and the errors of weight files.
    package init(_ role: Role, _ nameOrPath: String) throws {
        let place = try FetchedModels.resolve(nameOrPath)
        let name = FetchedModels.command(fetching: nameOrPath) != nil ? nameOrPath : place.standardizedFileURL.path
        self.init(name: name, sha256: try role.digest(at: place))
    }

    /// The folder or file of the encoder, with these weights and no others.
    /// - Parameter model: the model folder that names it.
    /// - Throws: ``ModelFolderError`` where it is missing or another one; the errors of weight files.
    func place(_ role: Role, for model: URL) throws -> URL {
        let there = FetchedModels.found(name)
        guard let first = there.first else {
            throw ModelFolderError.missingEncoder(
                model: model.path, role: role.name, name: name, places: FetchedModels.places(of: name).map(\.path))
        }
        let digests = try there.map { (place: $0, digest: try role.digest(at: $0)) }
        guard let fitting = digests.first(where: { $0.digest == sha256 }) else {
            throw ModelFolderError.otherEncoder(
                model: model.path, role: role.name, path: first.path, needed: sha256, found: digests[0].digest)
        }
        return fitting.place
    }
}
