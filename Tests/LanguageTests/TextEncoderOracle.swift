import Foundation
import Language
import TestSupport
import Testing
import Torch

/// What `transformers` computes with encoders other than BERT; `Fixtures/make_encoder_fixtures.py` asked it.
struct TextEncoderOracle: Decodable {
    /// An encoder with a batch, and what comes of it.
    struct Case: Decodable {
        let config: TextEncoderConfiguration
        /// The shapes of all weights by the names that they have in files.
        let weights: [String: [Int]]
        let shape: [Int]
        let tokenIDs: [Int]
        let segmentIDs: [Int]
        let mask: [Int]
        /// Places in the flattened hidden states, and what stands there.
        let indices: [Int]
        let values: [Float]
        let gradients: [String: Gradient]
    }

    /// The norm of a parameter's gradient, and some of its values.
    struct Gradient: Decodable {
        let norm: Float
        let indices: [Int]
        let values: [Float]
    }

    /// The bucket or row of each distance from -600 to 600.
    let distances: [String: [Int]]
    let cases: [String: Case]

    static func load() throws -> TextEncoderOracle { try TokenizerOracle.fixture("text-encoders.json") }
}

extension TextEncoderOracle.Case {
    /// The weights that files have under these names.
    var published: [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: weights.map { name, shape in
                (name, Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape))
            })
    }

    /// The encoder with these weights.
    func makeEncoder() throws -> any TextEncoder {
        let encoder = try Initialization.deferred { config.makeEncoder() }
        try encoder.load(published: published)
        return encoder
    }

    /// The hidden states of the batch.
    func hidden(_ encoder: any TextEncoder) throws -> Tensor {
        try withTorchErrors {
            encoder(
                tokenIDs: Tensor(tokenIDs, shape: shape), segmentIDs: Tensor(segmentIDs, shape: shape),
                attentionMask: Tensor(mask.map { $0 == 1 }, shape: shape))
        }
    }

    /// Computes the gradients of the sum of hidden states of what is not padding times weights named "direction".
    func propagate(_ hidden: Tensor) {
        let direction = DeterministicWeights.values(named: "direction", shape: [hidden.count, 1])
        let mask = Tensor(mask.map(Float.init), shape: shape + [1])
        (hidden * Tensor(direction, shape: hidden.shape) * mask).sum().backward()
    }

    /// The parameter that files have under a name.
    func path(of name: String) -> String? {
        let prefixes = ["roberta.", "mpnet.", "distilbert.", "electra.", "model.", "deberta."]
        let prefix = prefixes.first { name.hasPrefix($0) } ?? ""
        return keyMap.path(for: String(name.dropFirst(prefix.count)))
    }

    private var keyMap: KeyMap {
        switch config {
        case .bert: BertModel.keyMap
        case .roberta: RobertaModel.keyMap
        case .mpnet: MPNetModel.keyMap
        case .distilbert: DistilBertModel.keyMap
        case .electra: ElectraModel.keyMap
        case .modernbert: ModernBertModel.keyMap
        case .debertaV2(let structure): DebertaV2Model.keyMap(structure)
        }
    }
}
