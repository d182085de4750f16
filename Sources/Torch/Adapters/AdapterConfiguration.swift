import Foundation
import Support

/// How the linear layers of a network are adapted (LoRA; Hu et al., 2022): what PEFT keeps in `adapter_config.json`.
public struct AdapterConfiguration: Sendable, Equatable {
    /// The rank of layers that have none of their own.
    public var rank: Int
    /// What is divided by the rank to scale an adapter, of layers that have none of their own.
    public var alpha: Double
    /// The share of an adapter's inputs set to 0 while training.
    public var dropout = 0.0
    /// Whether alpha is divided by the root of the rank (rsLoRA; Kalajdzievski, 2023).
    public var isRankStabilized = false
    /// The adapted layers.
    public var layers: LayerChoice
    /// Ranks of layers by their names, or by what these end in from a dot on.
    public var ownRanks: [String: Int] = [:]
    /// Alphas of such layers.
    public var ownAlphas: [String: Double] = [:]
    /// The name or folder of the network that is adapted.
    public var base: String?

    /// Adapters of one rank in some layers.
    public init(rank: Int, alpha: Double, layers: LayerChoice) {
        (self.rank, self.alpha, self.layers) = (rank, alpha, layers)
    }

    /// The numbers of a layer's adapter.
    /// - Throws: ``AdapterError/ambiguous(layer:names:)``: PEFT takes the name that comes first in the file, which has no
    ///   order here.
    func options(for name: String) throws -> LowRankAdapter.Options {
        func own<Value: Hashable>(_ values: [String: Value]) throws -> Value? {
            let fitting = values.filter { name.isEnded(by: $0.key) }
            guard Set(fitting.values).count < 2 else {
                throw AdapterError.ambiguous(layer: name, names: fitting.keys.sorted())
            }
            return fitting.values.first
        }
        return LowRankAdapter.Options(
            rank: try own(ownRanks) ?? rank, alpha: try own(ownAlphas) ?? alpha, dropout: dropout,
            isRankStabilized: isRankStabilized)
    }

    /// The ranks that adapters can have.
    package static let ranks = 1...4096
    /// The numbers that ``alpha`` can be.
    package static let alphas = 0.000001...1e6
    /// The numbers that ``dropout`` can be.
    package static let dropouts = 0.0...0.99
}

extension AdapterConfiguration: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case type = "peft_type"
        case taskType = "task_type"
        case base = "base_model_name_or_path"
        case rank = "r"
        case alpha = "lora_alpha"
        case dropout = "lora_dropout"
        case isRankStabilized = "use_rslora"
        case targets = "target_modules"
        case excluded = "exclude_modules"
        case numbers = "layers_to_transform"
        case ownRanks = "rank_pattern"
        case ownAlphas = "alpha_pattern"
        case bias
        case start = "init_lora_weights"
        case isTransposed = "fan_in_fan_out"
        case isInUse = "inference_mode"
    }

    /// What says nothing of the values that a layer computes with trained adapters.
    private static let remarks: Set<String> = [
        "auto_mapping", "revision", "peft_version", "runtime_config", "qalora_group_size", "megatron_core",
        "eva_config", "ensure_weight_tying",
    ]

    /// The ways to begin that leave the network's own weights as they are, beside true and false.
    private static let harmlessStarts = ["gaussian", "eva", "orthogonal"]

    /// Reads the keys that PEFT writes. What is not followed here is refused by name, unless it is off.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let type = try keys.value(.type, rule: "text", isValid: { (_: String) in true })
        guard type == "LORA" else { throw keys.corrupted(.type, "is \(type.quoted); only \"LORA\" is supported") }
        rank = try keys.whole(.rank, in: Self.ranks, default: 8)
        alpha = try keys.number(.alpha, in: Self.alphas, default: 8)
        dropout = try keys.number(.dropout, in: Self.dropouts, default: 0)
        isRankStabilized = try keys.decodeIfPresent(Bool.self, forKey: .isRankStabilized) ?? false
        layers = LayerChoice(
            try keys.decode(LayerChoice.Names.self, forKey: .targets),
            excluded: try keys.decodeIfPresent(LayerChoice.Names.self, forKey: .excluded),
            numbers: try Self.numbers(keys))
        ownRanks = try Self.patterns(keys, .ownRanks, in: Self.ranks)
        ownAlphas = try Self.patterns(keys, .ownAlphas, in: Self.alphas)
        base = try keys.decodeIfPresent(String.self, forKey: .base)
        let bias = try keys.decodeIfPresent(String.self, forKey: .bias) ?? "none"
        guard bias == "none" else { throw keys.corrupted(.bias, "is \(bias.quoted); only \"none\" is supported") }
        if let start = try? keys.decodeIfPresent(String.self, forKey: .start), !Self.harmlessStarts.contains(start) {
            throw keys.corrupted(
                .start,
                "is \(start.quoted), which may change the network's own weights; save the adapter converted to LoRA")
        }
        guard try keys.decodeIfPresent(Bool.self, forKey: .isTransposed) != true else {
            throw keys.corrupted(.isTransposed, "is true; only layers of which it is false are supported")
        }
        try Self.refuseOthers(decoder)
    }

    private static func numbers(_ keys: KeyedDecodingContainer<CodingKeys>) throws -> [Int]? {
        if let number = try? keys.decodeIfPresent(Int.self, forKey: .numbers) { return [number] }
        let numbers = try keys.decodeIfPresent([Int].self, forKey: .numbers)
        return numbers?.isEmpty == true ? nil : numbers
    }

    private static func patterns<Value: Decodable & Comparable & LosslessStringConvertible>(
        _ keys: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, in range: ClosedRange<Value>
    ) throws -> [String: Value] {
        var named: [String: Value] = [:]
        for (pattern, value) in try keys.decodeIfPresent([String: Value].self, forKey: key) ?? [:] {
            let name = pattern.replacing("\\.", with: ".")
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }) else {
                throw keys.corrupted(
                    key,
                    "has \(pattern.quoted); of regular expressions only names of layers, or their ends, are supported")
            }
            guard range.contains(value) else {
                throw keys.corrupted(key, "has \(value) for \(pattern.quoted); it must be \(range.rule)")
            }
            guard named.updateValue(value, forKey: name) == nil else {
                throw keys.corrupted(key, "has \(name.quoted) twice; leave one")
            }
        }
        return named
    }

    private static func refuseOthers(_ decoder: any Decoder) throws {
        let all = try decoder.container(keyedBy: AnyKey.self)
        let known = Set(CodingKeys.allCases.map(\.rawValue)).union(remarks)
        for key in all.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
        where !known.contains(key.stringValue) {
            guard try all.decode(Setting.self, forKey: key).isOn else { continue }
            throw all.corrupted(key, "is set, and adapters with it are not supported; train or save them without it")
        }
    }

    /// Values by regular expressions of the names.
    private static func patterns<Value, Written>(
        _ values: [String: Value], _ write: (Value) -> Written
    ) -> [String: Written] {
        let named = values.map { ($0.key.replacing(".", with: "\\."), write($0.value)) }
        return Dictionary(uniqueKeysWithValues: named)
    }

    /// Writes the keys that PEFT reads.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode("LORA", forKey: .type)
        try keys.encodeNil(forKey: .taskType)
        try keys.encode(base, forKey: .base)
        try keys.encode(rank, forKey: .rank)
        try keys.encode(WholeWherePossible(alpha), forKey: .alpha)
        try keys.encode(dropout, forKey: .dropout)
        try keys.encode(isRankStabilized, forKey: .isRankStabilized)
        try keys.encode(layers.targets, forKey: .targets)
        try keys.encode(layers.excluded, forKey: .excluded)
        try keys.encode(layers.numbers, forKey: .numbers)
        try keys.encode(Self.patterns(ownRanks) { $0 }, forKey: .ownRanks)
        try keys.encode(Self.patterns(ownAlphas, WholeWherePossible.init), forKey: .ownAlphas)
        try keys.encode("none", forKey: .bias)
        try keys.encode(true, forKey: .start)
        try keys.encode(false, forKey: .isTransposed)
        try keys.encode(true, forKey: .isInUse)
    }
}

/// A setting of any kind, as far as it is on: neither null, false, 0, nor empty.
private struct Setting: Decodable {
    let isOn: Bool

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            isOn = false
        } else if let truth = try? value.decode(Bool.self) {
            isOn = truth
        } else if let number = try? value.decode(Double.self) {
            isOn = number != 0
        } else if let text = try? value.decode(String.self) {
            isOn = !text.isEmpty
        } else if let list = try? decoder.unkeyedContainer() {
            isOn = !list.isAtEnd
        } else {
            isOn = try !decoder.container(keyedBy: AnyKey.self).allKeys.isEmpty
        }
    }
}

/// A number that JSON has without a point where it is whole.
private struct WholeWherePossible: Encodable {
    let number: Double

    init(_ number: Double) { self.number = number }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        if let whole = Int(exactly: number) { try value.encode(whole) } else { try value.encode(number) }
    }
}
