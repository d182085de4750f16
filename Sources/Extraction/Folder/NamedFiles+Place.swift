import Foundation
import Support

/// The SHA-256 of a file in 64 hexadecimal digits; nil where it cannot be read.
func fileDigest(_ file: URL) -> String? {
    FetchedManifest.digest(of: file) ?? (try? Data(contentsOf: file)).map { SHA256.digest(of: $0).hexadecimal }
}

extension NamedFiles {
    /// The files of a model folder as those of something that set-up fetches.
    ///
    /// Nil where they are not the same to the byte.
    /// - Parameters:
    ///   - name: the name of what is fetched, or a path, which may not be there elsewhere.
    ///   - names: the files that the model would hold; those that are not there are left out.
    ///   - folder: where the model has them.
    init?(fetched name: String, holding names: [String], of folder: URL) {
        guard FetchedModels.command(fetching: name) != nil, let place = FetchedModels.places(of: name).first else {
            return nil
        }
        func digests(in folder: URL) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: names.compactMap { file in
                    fileDigest(folder.appending(path: file)).map { (file, $0) }
                })
        }
        let own = digests(in: folder)
        guard !own.isEmpty, own == digests(in: place) else { return nil }
        self.init(name: name, files: own)
    }

    /// The folder of the files, unchanged.
    /// - Parameters:
    ///   - role: what they are, for errors.
    ///   - model: the model folder that names them.
    /// - Throws: ``ModelFolderError`` where they are missing or other ones.
    func place(_ role: String, for model: URL) throws -> URL {
        guard let place = FetchedModels.found(name).first else {
            throw ModelFolderError.missingEncoder(
                model: model.path, role: role, name: name, places: FetchedModels.places(of: name).map(\.path))
        }
        for (file, digest) in files.sorted(by: { $0.key < $1.key }) {
            let url = place.appending(path: file)
            guard fileDigest(url) == digest else {
                throw ModelFolderError.otherFile(model: model.path, role: role, path: url.path, needed: digest)
            }
        }
        return place
    }
}
