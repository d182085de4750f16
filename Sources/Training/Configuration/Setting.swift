import Extraction
import Support
import Torch

/// One key of a configuration, with its reading, writing and checking.
struct Setting: Sendable {
    typealias Configuration = TrainingConfiguration

    let key: String
    /// The value as YAML writes it.
    let text: @Sendable (Configuration) -> String
    /// Sets the value; returns what was expected instead when the text does not say one.
    let set: @Sendable (inout Configuration, String) -> String?
    /// Whether the value may also be written as a list.
    private(set) var isList = false

    private init<Value>(
        _ key: String, _ path: WritableKeyPath<Configuration, Value> & Sendable, expected: String,
        text: @escaping @Sendable (Value) -> String, parse: @escaping @Sendable (String) -> Value?
    ) {
        self.key = key
        self.text = { text($0[keyPath: path]) }
        set = { configuration, text in
            guard let value = parse(text) else { return expected }
            configuration[keyPath: path] = value
            return nil
        }
    }

    private static func choice<Value: RawRepresentable & CaseIterable & SendableMetatype>(
        _ key: String, _ path: WritableKeyPath<Configuration, Value> & Sendable
    ) -> Setting where Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Setting(key, path, expected: "one of \(names)", text: { $0.rawValue }, parse: { Value(rawValue: $0) })
    }

    private static func number<Number: LosslessStringConvertible & Comparable & Sendable>(
        _ key: String, _ path: WritableKeyPath<Configuration, Number> & Sendable, in range: ClosedRange<Number>
    ) -> Setting {
        Setting(key, path, expected: range.rule, text: { "\($0)" }, parse: { range.number(in: $0) })
    }

    private static func truth(_ key: String, _ path: WritableKeyPath<Configuration, Bool> & Sendable) -> Setting {
        Setting(
            key, path, expected: "true or false", text: { "\($0)" },
            parse: { ["true": true, "false": false][$0.lowercased()] })
    }

    private static func string(_ key: String, _ path: WritableKeyPath<Configuration, String> & Sendable) -> Setting {
        Setting(
            key, path, expected: "text of one line, without control characters", text: { $0.yamlScalar },
            parse: { $0.isYAMLLine ? $0 : nil })
    }

    /// Names, which the text separates by commas.
    private static func names(_ key: String, _ path: WritableKeyPath<Configuration, [String]> & Sendable) -> Setting {
        var setting = Setting(
            key, path, expected: "names of letters, digits, _, - and dots, separated by commas",
            text: { $0.joined(separator: ", ").yamlScalar },
            parse: { text in
                let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
                    $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                }
                let isNameOfPart = { (character: Character) in
                    character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
                }
                guard names != [""] else { return [] }
                return names.allSatisfy { !$0.isEmpty && $0.allSatisfy(isNameOfPart) } ? names : nil
            })
        setting.isList = true
        return setting
    }

    /// The learning rate of the parameters whose path starts with `prefix`; nil where no path of a parameter can.
    static func learningRate(_ prefix: String) -> Setting? {
        let isName = { (name: Substring) in
            !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }
        let names = prefix.split(separator: ".", omittingEmptySubsequences: false)
        guard prefix.utf8.count <= 200, names.allSatisfy(isName) else { return nil }
        return number("learningRates.\(prefix)", \.[learningRateOf: prefix], in: 0...1)
    }

    /// Every key but the open-ended learning rates, in the order in which a configuration is written.
    static let all: [Setting] = [
        choice("task", \.task),
        string("text.encoder", \.text.encoder),
        truth("text.frozen", \.text.frozen),
        number("text.maximumLength", \.text.maximumLength, in: 8...4096),
        choice("text.overlong", \.text.overlong),
        choice("text.tags", \.text.tags),
        string("picture.encoder", \.picture.encoder),
        string("picture.weights", \.picture.weights),
        truth("picture.frozen", \.picture.frozen),
        number("picture.maximumCount", \.picture.maximumCount, in: ModelConfiguration.pictureCounts),
        number("adapter.rank", \.adapter.rank, in: AdapterOptions.ranks),
        number("adapter.alpha", \.adapter.alpha, in: AdapterConfiguration.alphas),
        number("adapter.dropout", \.adapter.dropout, in: AdapterConfiguration.dropouts),
        names("adapter.targets", \.adapter.targets),
        truth("context.enabled", \.context.enabled),
        choice("alignment.method", \.alignment.method),
        choice("alignment.via", \.alignment.via),
        choice("alignment.estimator", \.alignment.estimator),
        number("alignment.samples", \.alignment.samples, in: AlignmentOptions.sampleCounts),
        number("alignment.temperature", \.alignment.temperature, in: AlignmentOptions.temperatures),
        number("alignment.alpha", \.alignment.alpha, in: AlignmentOptions.weights),
        number("alignment.beta", \.alignment.beta, in: AlignmentOptions.weights),
        choice("alignment.encoding", \.alignment.encoding),
        choice("alignment.negatives", \.alignment.negatives),
        choice("alignment.pooling", \.alignment.pooling),
        choice("alignment.projection", \.alignment.projection),
        truth("alignment.shared", \.alignment.shared),
        choice("alignment.players", \.alignment.players),
        choice("fusion.attention", \.fusion.attention),
        choice("fusion.gate", \.fusion.gate),
        choice("fusion.paths", \.fusion.paths),
        number("fusion.width", \.fusion.width, in: FusionOptions.widths),
        number("fusion.heads", \.fusion.heads, in: FusionOptions.headCounts),
        truth("wordPair.contrast", \.wordPair.contrast),
        number("wordPair.weight", \.wordPair.weight, in: WordPairOptions.weights),
        choice("wordPair.reduction", \.wordPair.reduction),
        truth("mre.markers", \.mre.markers),
        truth("head.syntax", \.head.syntax),
        number("training.epochs", \.training.epochs, in: 1...10_000),
        number("training.batchSize", \.training.batchSize, in: 1...65_536),
        number("training.patience", \.training.patience, in: 1...10_000),
        choice("training.precision", \.training.precision),
        choice("training.kernels", \.training.kernels),
        number("training.seed", \.training.seed, in: 0...Int(UInt32.max)),
        number("training.warmup", \.training.warmup, in: 0...1),
        number("training.weightDecay", \.training.weightDecay, in: 0...10),
        number("training.maximumGradientNorm", \.training.maximumGradientNorm, in: 0.000001...1e9),
        number("training.dropout", \.training.dropout, in: ModelConfiguration.dropouts),
        number("training.passes", \.training.passes, in: 1...10_000),
        number("training.hiddenPicture", \.training.hiddenPicture, in: 0...1000),
        number("training.dropPicture", \.training.dropPicture, in: 0...1),
        number("training.dropContext", \.training.dropContext, in: 0...1),
        number("training.limit", \.training.limit, in: 0...1_000_000_000),
    ]
}

extension Unicode.Scalar {
    /// Whether YAML reads the character back as it was written, in quotation marks on one line.
    fileprivate var isOfYAMLLine: Bool {
        switch properties.generalCategory {
        case .control: self == "\t"
        case .lineSeparator, .paragraphSeparator: false
        default: ![0xFEFF, 0xFFFE, 0xFFFF].contains(value)
        }
    }
}

extension String {
    /// Whether YAML reads the text back as it was written, in quotation marks on one line.
    var isYAMLLine: Bool { unicodeScalars.allSatisfy(\.isOfYAMLLine) }

    /// The text as YAML reads it back: quoted where a plain scalar might mean something else.
    var yamlScalar: String {
        let isPlain = first?.isLetter == true && allSatisfy { $0.isLetter || $0.isNumber || "-_./".contains($0) }
        return isPlain ? self : "'\(replacing("'", with: "''"))'"
    }
}
