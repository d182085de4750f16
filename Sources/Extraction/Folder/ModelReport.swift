import Corpus
import Foundation
import Support

/// The models that can be named, and what each needs.
package struct ModelReport: Encodable, CustomStringConvertible {
    /// An encoder or a tagger that a model names instead of holding it.
    package struct Part: Encodable {
        package let name: String
        package let isFetched: Bool
        /// What fetches it; nil for a folder of the user's own.
        package let command: String?

        init(_ name: String) {
            self.name = name
            command = FetchedModels.command(fetching: name)
            isFetched = !FetchedModels.found(name).isEmpty
        }
    }

    /// A model of a name.
    package struct Model: Encodable {
        package let name: String
        package let folder: String
        /// The bytes of its files.
        package let size: Int
        package private(set) var task: String?
        package private(set) var entityTypes: [String] = []
        package private(set) var relationTypes: [String] = []
        /// The text encoder and the image encoder, where it has one.
        package private(set) var encoders: [String] = []
        /// What it names and does not hold.
        package private(set) var needs: [Part] = []
        /// Why it cannot be used.
        package private(set) var problem: String?

        init(_ name: String, _ folder: URL) {
            self.name = name
            self.folder = folder.path(percentEncoded: false)
            size = Self.size(of: folder)
            do {
                let configuration = try ModelFolder.configuration(in: folder)
                task = configuration.task.rawValue
                entityTypes = configuration.labels.entityTypes
                relationTypes = configuration.labels.relationTypes
                encoders = [configuration.textEncoderName] + (configuration.imageEncoder.map { [$0.name] } ?? [])
                let named = configuration.encoders.map { [$0.text.name] + ($0.picture.map { [$0.name] } ?? []) } ?? []
                needs = (named + (configuration.compact?.tagger.map { [$0.name] } ?? [])).map(Part.init)
            } catch {
                problem = "\(error)"
            }
        }

        private static func size(of folder: URL) -> Int {
            let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            return names.reduce(0) { sum, name in
                let path = folder.appending(path: name).path
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
                return sum + (attributes?[.size] as? Int ?? 0)
            }
        }

        /// The command that fetches what is missing, or the missing folders; nil where nothing is.
        private var missing: String? {
            let missing = needs.filter { !$0.isFetched }
            guard !missing.isEmpty else { return nil }
            let commands = Set(missing.compactMap(\.command)).sorted().map { "run `\($0)`" }
            let folders = missing.filter { $0.command == nil }.map { "put back \($0.name)" }
            return (commands + folders).joined(separator: ", ")
        }

        fileprivate var cells: [String] {
            let types = entityTypes + relationTypes
            let shown = types.prefix(6).joined(separator: ",") + (types.count > 6 ? ",… (\(types.count))" : "")
            let state = problem ?? missing ?? "ready"
            return [
                name, String(format: "%.1f MB", Double(size) / 1e6), task ?? "", shown, encoders.joined(separator: ","),
                state, folder,
            ]
        }
    }

    package let models: [Model]
    /// The folders that were searched.
    package let folders: [String]

    package init(_ names: ModelNames) {
        models = names.models.map { Model($0.name, $0.folder) }
        folders = names.folders.map { $0.path(percentEncoded: false) }
    }

    package var description: String {
        guard !models.isEmpty else { return "there are no models in \(folders.joined(separator: ", "))" }
        let rows = [["name", "size", "task", "types", "encoders", "state", "folder"]] + models.map(\.cells)
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
