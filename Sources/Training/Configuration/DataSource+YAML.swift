import Corpus
import Foundation
import Support
import Yams

extension DataSource {
    private enum Field: String, CaseIterable { case path, format, contexts, images, map, types, weight }

    /// Reads the list of datasets of a configuration.
    /// - Parameter file: the origin of the list, for errors.
    /// - Throws: ``ConfigurationError`` with file and line.
    static func list(_ node: Node, file: String) throws -> [DataSource] {
        guard let entries = node.sequence else {
            throw expected("a list of data sets, each with a path", of: node, key: "data", file: file)
        }
        return try entries.map { try DataSource($0, file: file) }
    }

    private init(_ node: Node, file: String) throws {
        guard let fields = node.mapping, let path = fields["path"] else {
            throw Self.expected("a data set with a path", of: node, key: "data", file: file)
        }
        self.init(path: try Self.url(path, .path, file))
        for (key, value) in fields {
            let name = key.string ?? ""
            guard let field = Field(rawValue: name) else {
                throw ConfigurationError.unknownKey(
                    place: key.place(in: file), key: "data.\(name)",
                    suggestion: name.nearest(in: Field.allCases.map(\.rawValue)).map { "data.\($0)" })
            }
            switch field {
            case .path: break
            case .contexts: contexts = try Self.url(value, field, file)
            case .images: images = try Self.url(value, field, file)
            case .format: format = try Self.format(value, file)
            case .map: map = try Self.map(value, file)
            case .types: types = try Self.types(value, file)
            case .weight:
                guard let weight = Self.weights.number(in: value.string ?? "") else {
                    throw Self.expected(Self.weights.rule, of: value, key: "data.weight", file: file)
                }
                self.weight = weight
            }
        }
    }

    private static func url(_ node: Node, _ field: Field, _ file: String) throws -> URL {
        URL(filePath: try line(node, key: "data.\(field)", file))
    }

    private static func format(_ node: Node, _ file: String) throws -> DatasetFormat {
        guard let format = DatasetFormat.all.first(where: { $0.name == node.string }) else {
            let names = DatasetFormat.all.map(\.name).joined(separator: ", ")
            throw expected("one of \(names)", of: node, key: "data.format", file: file)
        }
        return format
    }

    private static func map(_ node: Node, _ file: String) throws -> [String: String] {
        guard let pairs = node.mapping else {
            throw expected("types and what they are read as, {person: PER}", of: node, key: "data.map", file: file)
        }
        return try pairs.reduce(into: [:]) { map, pair in
            map[try line(pair.key, key: "data.map", file)] = try line(pair.value, key: "data.map", file)
        }
    }

    private static func types(_ node: Node, _ file: String) throws -> [String] {
        guard let types = node.sequence, !types.isEmpty else {
            throw expected("a list of types", of: node, key: "data.types", file: file)
        }
        return try types.map { try line($0, key: "data.types", file) }
    }

    private static func line(_ node: Node, key: String, _ file: String) throws -> String {
        guard let text = node.string, !text.isEmpty, text.isYAMLLine else {
            throw expected("text of one line, without control characters", of: node, key: key, file: file)
        }
        return text
    }

    private static func expected(_ expected: String, of node: Node, key: String, file: String) -> ConfigurationError {
        let value = node.string ?? (node.mapping == nil ? "a list" : "a mapping")
        return .badValue(place: node.place(in: file), key: key, value: value, expected: expected)
    }

    /// The entry with its paths relative to a folder.
    func resolved(in folder: URL) -> DataSource {
        func place(_ url: URL) -> URL {
            let path = url.relativePath
            return path.hasPrefix("/") ? url : folder.appending(path: path).standardizedFileURL.absoluteURL
        }
        var source = self
        (source.path, source.contexts, source.images) = (place(path), contexts.map(place), images.map(place))
        return source
    }

    /// The entry as YAML.
    var yaml: String {
        let fields = [
            ("path", path.yamlPath), ("format", format?.name.yamlScalar), ("contexts", contexts?.yamlPath),
            ("images", images?.yamlPath),
        ].compactMap { name, value in value.map { "\(name): \($0)" } }
        return (fields + [rules]).enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }.joined(separator: "\n")
    }

    /// What the entry says of the data, wherever they are, as YAML on lines of their own.
    private var rules: String {
        var lines: [String] = []
        if !map.isEmpty {
            let pairs = map.sorted { $0.key < $1.key }.map { "\($0.yamlScalar): \($1.yamlScalar)" }
            lines.append("map: {\(pairs.joined(separator: ", "))}")
        }
        if let types { lines.append("types: [\(types.map(\.yamlScalar).joined(separator: ", "))]") }
        return (lines + ["weight: \(weight)"]).joined(separator: "\n    ")
    }

    /// The entries as a text that is the same wherever the data are.
    static func summary(_ sources: [DataSource]) -> String {
        let entries = sources.map { source in
            "\(source.path.lastPathComponent) (\(source.rules.split(separator: "\n    ").joined(separator: ", ")))"
        }
        return entries.isEmpty ? "not listed" : entries.joined(separator: "; ")
    }
}

extension URL {
    fileprivate var yamlPath: String { path(percentEncoded: false).yamlScalar }
}

extension Node {
    /// The line of the node, for errors.
    func place(in file: String) -> String { mark.map { "\(file):\($0.line)" } ?? file }
}
