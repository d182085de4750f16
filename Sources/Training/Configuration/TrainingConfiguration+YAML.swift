import Corpus
import Extraction
import Foundation
import Support
import Torch
import Yams

extension TrainingConfiguration {
    /// Reads a YAML file; keys that it leaves out are as in `base`, and paths of ``data`` are relative to its folder.
    /// - Throws: ``ConfigurationError`` with file and line.
    package init(contentsOf file: URL, onto base: TrainingConfiguration = TrainingConfiguration()) throws {
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw ConfigurationError.unreadable(place: file.path, reason: "no such configuration file")
        }
        guard let data = try? Data(contentsOf: file), let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationError.unreadable(place: file.path, reason: "cannot be read as UTF-8 text")
        }
        try self.init(yaml: text, place: file.path, onto: base)
        self.data = self.data.map { $0.resolved(in: file.deletingLastPathComponent()) }
    }

    /// Reads YAML; keys that it leaves out are as in `base`.
    /// - Parameter place: the origin of the text, for errors.
    /// - Throws: ``ConfigurationError`` with place and line.
    package init(yaml: String, place: String, onto base: TrainingConfiguration = TrainingConfiguration()) throws {
        self = base
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            throw ConfigurationError.unreadable(place: place, reason: error.problem)
        }
        guard let root, root.string != "" else { return }
        try apply(root, key: "", file: place)
        do {
            try check()
        } catch ConfigurationError.contradiction(let reason) {
            throw ConfigurationError.contradiction("\(place): \(reason)")
        }
    }

    /// What a run means by a key that its version did not know yet, and so did not record.
    package static let earlier = {
        var configuration = TrainingConfiguration()
        configuration.text.overlong = .truncate
        configuration.alignment.negatives = .sum
        configuration.fusion.paths = .picture
        configuration.training.hiddenPicture = 0
        return configuration
    }()

    /// Applies `--set` arguments in the order given.
    /// - Parameter overrides: texts of the form `key=value`.
    /// - Throws: ``ConfigurationError``.
    package mutating func apply(overrides: [String]) throws {
        for override in overrides {
            guard let equals = override.firstIndex(of: "=") else {
                throw ConfigurationError.badValue(
                    place: "--set", key: override, value: "", expected: "written as key=value")
            }
            let value = String(override[override.index(after: equals)...])
            try set(String(override[..<equals]), to: value, place: "--set \(override.shortened)")
        }
        try check()
    }

    /// The whole configuration as YAML that ``init(contentsOf:)`` reads back.
    package var yaml: String {
        let rates = learningRates.keys.sorted().compactMap(Setting.learningRate)
        var lines = data.isEmpty ? ["data: []"] : ["data:"] + data.map(\.yaml)
        var section = ""
        for setting in Setting.all + rates {
            let parts = setting.key.split(separator: ".", maxSplits: 1)
            guard parts.count == 2 else {
                lines.append("\(setting.key): \(setting.text(self))")
                continue
            }
            if parts[0] != section {
                section = String(parts[0])
                lines.append("\(section):")
            }
            lines.append("  \(parts[1]): \(setting.text(self))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The keys whose values differ from those of another configuration, with both values; settings that neither run
    /// uses do not count, and one that leaves a choice to the machine may be any that makes it.
    package func differences(from other: TrainingConfiguration) -> [String] {
        let (own, compared) = (withoutUnused.leavingChoices(of: other), other.withoutUnused.leavingChoices(of: self))
        let used = Set(own.changes(from: compared).map(\.key))
        let datasets = [DataSource.summary(data), DataSource.summary(other.data)]
        return (datasets[0] == datasets[1] ? [] : ["data is \(datasets[0]) there, \(datasets[1]) here"])
            + changes(from: other).filter { used.contains($0.key) }
            .map { "\($0.key) is \($0.own) there, \($0.other) here" }
    }

    /// The `key=value` settings that make this configuration out of the defaults.
    var overrides: [String] {
        changes(from: TrainingConfiguration()).map { "\($0.key)=\($0.own)" }
    }

    private func changes(from other: TrainingConfiguration) -> [(key: String, own: String, other: String)] {
        let prefixes = Set(learningRates.keys).union(other.learningRates.keys).sorted()
        let rates = prefixes.filter { learningRates[$0] != other.learningRates[$0] }.map { prefix in
            func text(_ rate: Double?) -> String { rate.map { "\($0)" } ?? "not set" }
            return ("learningRates.\(prefix)", text(learningRates[prefix]), text(other.learningRates[prefix]))
        }
        return Setting.all.map { ($0.key, $0.text(self), $0.text(other)) }.filter { $0.1 != $0.2 } + rates
    }

    private mutating func apply(_ node: Node, key: String, file: String) throws {
        let place = node.place(in: file)
        if key == "data" {
            data = try DataSource.list(node, file: file)
            return
        }
        switch node {
        case .mapping(let mapping):
            for (name, value) in mapping {
                guard let name = name.string else {
                    throw ConfigurationError.unreadable(place: place, reason: "a key is not text")
                }
                try apply(value, key: key.isEmpty ? name : "\(key).\(name)", file: file)
            }
        case .scalar where key.isEmpty, .sequence where key.isEmpty, .alias where key.isEmpty:
            throw ConfigurationError.unreadable(place: place, reason: "is not a configuration: no \"key: value\" in it")
        case .scalar(let scalar): try set(key, to: scalar.string, place: place)
        case .sequence(let list) where Setting.all.contains(where: { $0.key == key && $0.isList }):
            let names = list.compactMap(\.string)
            guard names.count == list.count else {
                throw ConfigurationError.badValue(place: place, key: key, value: "a list", expected: "a list of names")
            }
            try set(key, to: names.joined(separator: ", "), place: place)
        default: throw ConfigurationError.badValue(place: place, key: key, value: "a list", expected: "one value")
        }
    }

    private mutating func set(_ key: String, to value: String, place: String) throws {
        guard key != "data" else {
            throw ConfigurationError.contradiction("\(place): data is a list, for a configuration file; use --data")
        }
        let prefix = "learningRates."
        let known = Setting.all.first { $0.key == key }
        let rate = key.hasPrefix(prefix) ? Setting.learningRate(String(key.dropFirst(prefix.count))) : nil
        guard let setting = known ?? rate else {
            let suggestion = key.nearest(in: ["data"] + Setting.all.map(\.key) + learningRates.keys.map { prefix + $0 })
            throw ConfigurationError.unknownKey(place: place, key: key, suggestion: suggestion)
        }
        if let expected = setting.set(&self, value) {
            throw ConfigurationError.badValue(place: place, key: key, value: value, expected: expected)
        }
    }

    private func check() throws {
        guard fusion.width.isMultiple(of: fusion.heads) else {
            throw ConfigurationError.contradiction(
                "fusion.width (\(fusion.width)) must be a multiple of fusion.heads (\(fusion.heads))")
        }
        if let problem = mre.problem(in: task) { throw ConfigurationError.contradiction(problem) }
        guard !adapter.isOn || !text.frozen else {
            throw ConfigurationError.contradiction(
                "text.frozen = true leaves nothing for adapter.rank = \(adapter.rank) to train; set text.frozen = false, "
                    + "with which adapters leave the encoder's own weights as they are, or adapter.rank = 0")
        }
        guard alignment.via == .context || picture.encoder != "none" || alignment.method == .none else {
            throw ConfigurationError.contradiction(
                "alignment.via = direct aligns pictures with texts, but picture.encoder is none")
        }
        guard alignment.via == .direct || context.enabled || alignment.method == .none else {
            throw ConfigurationError.contradiction(
                "alignment.via = context aligns by contexts, but context.enabled is false; "
                    + "set alignment.method = none, or alignment.via = direct")
        }
    }
}

extension YamlError {
    /// The fault and its place.
    fileprivate var problem: String {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            "is not YAML at line \(mark.line), column \(mark.column); write `key: value` lines, indented by spaces"
        case .duplicatedKeysInMapping(let keys, let context):
            "is not YAML at line \(context.mark.line): \(keys.map(\.shortened).joined(separator: ", ")) twice; keep one"
        case .memory: "is too large"
        default: "is not YAML; save it as UTF-8 text without control characters"
        }
    }
}
