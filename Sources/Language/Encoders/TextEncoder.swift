import Foundation
import Support
import Torch

/// A network that turns tokens into vectors.
public protocol TextEncoder: Module {
    /// The structure.
    var configuration: TextEncoderConfiguration { get }

    /// The hidden states of the last layer, `[batch, length, width]`.
    /// - Parameters:
    ///   - tokenIDs: `[batch, length]`
    ///   - segmentIDs: `[batch, length]`
    ///   - attentionMask: `[batch, length]`, true for tokens and false for padding; nil where nothing is padding.
    func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor

    /// Copies weights into this encoder.
    /// - Parameter weights: tensors by the names that published weights have.
    /// - Throws: `WeightMismatch`.
    func load(published weights: [String: Tensor]) throws
}

extension TextEncoder {
    /// d: the length of each vector.
    public var width: Int { configuration.width }
    /// The number of rows in the table of token vectors.
    public var vocabularySize: Int { configuration.vocabularySize }
    /// The longest sequence.
    public var maximumPositions: Int { configuration.maximumPositions }
}

/// The architectures of text encoders, under the names that `model_type` of a Hugging Face `config.json` gives them.
public enum TextEncoderKind: String, Sendable, CaseIterable {
    case bert

    /// The architecture that a `config.json` names; nil for one that is not known here.
    public init?(modelType: String) { self.init(rawValue: modelType) }

    /// Recognises an architecture by the keys of its weights; nil if they are of none.
    public init?(keys: some Collection<String>) {
        let keys = Set(keys)
        let isBert = ["", "bert."].contains { prefix in
            keys.contains("\(prefix)embeddings.word_embeddings.weight")
                && keys.contains("\(prefix)encoder.layer.0.attention.self.query.weight")
        }
        guard isBert else { return nil }
        self = .bert
    }
}

/// The structure of a text encoder, as `config.json` of a Hugging Face folder gives it.
public enum TextEncoderConfiguration: Sendable, Codable, Equatable {
    case bert(BertConfiguration)

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
    }

    /// Reads the keys that `transformers` writes; without `model_type`, those of BERT.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let type = try keys.decodeIfPresent(String.self, forKey: .modelType)
        guard let kind = type.map(TextEncoderKind.init(modelType:)) ?? .bert else {
            let known = TextEncoderKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            throw keys.corrupted(
                .modelType, "is \((type ?? "").quoted); only \(known) is supported")
        }
        switch kind {
        case .bert: self = .bert(try BertConfiguration(from: decoder))
        }
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .bert(let configuration): try configuration.encode(to: encoder)
        }
    }

    /// Reads the `config.json` of a Hugging Face folder.
    /// - Throws: ``TextEncoderError``.
    public init(folder: URL) throws {
        let file = folder.appending(path: "config.json")
        guard let data = try? Data(contentsOf: file) else { throw TextEncoderError.missingFile(path: file.path) }
        do {
            self = try JSONDecoder().decode(Self.self, from: data, rule: "it is a Hugging Face config.json")
        } catch {
            throw TextEncoderError.badConfiguration(path: file.path, problem: error.description)
        }
    }

    /// The architecture.
    public var kind: TextEncoderKind {
        switch self {
        case .bert: .bert
        }
    }

    /// d: the width of hidden states.
    public var width: Int {
        switch self {
        case .bert(let configuration): configuration.hiddenSize
        }
    }

    /// The number of rows in the table of token vectors.
    public var vocabularySize: Int {
        switch self {
        case .bert(let configuration): configuration.vocabularySize
        }
    }

    /// The longest sequence.
    public var maximumPositions: Int {
        switch self {
        case .bert(let configuration): configuration.maximumPositions
        }
    }

    /// The number of segment ids.
    public var segmentCount: Int {
        switch self {
        case .bert(let configuration): configuration.segmentCount
        }
    }

    /// Makes an encoder with random weights.
    public func makeEncoder() -> any TextEncoder {
        switch self {
        case .bert(let configuration): BertModel(configuration)
        }
    }
}
