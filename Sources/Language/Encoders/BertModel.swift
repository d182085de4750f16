import Torch

/// The BERT encoder (Devlin et al., 2019).
package final class BertModel: TextEncoder {
    private let structure: BertConfiguration
    private let embeddings: BertEmbeddings
    private let layers: [BertLayer]

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: BertConfiguration) {
        structure = configuration
        embeddings = BertEmbeddings(configuration)
        layers = (0..<configuration.layerCount).map { _ in BertLayer(configuration) }
    }

    package var configuration: TextEncoderConfiguration { .bert(structure) }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let mask = attentionMask?.unsqueezed(1).unsqueezed(1)
        return layers.reduce(embeddings(tokenIDs: tokenIDs, segmentIDs: segmentIDs)) { $1($0, mask: mask) }
    }

    package func load(published weights: [String: Tensor]) throws {
        try load(Self.plainNames(weights), keyMap: Self.keyMap)
    }

    /// Names of `transformers` and how they are called here.
    package static let keyMap = KeyMap([
        ("embeddings.word_embeddings", "embeddings.words"),
        ("embeddings.position_embeddings", "embeddings.positions"),
        ("embeddings.token_type_embeddings", "embeddings.segments"),
        ("embeddings.LayerNorm", "embeddings.normalization"),
        ("embeddings.position_ids", .unused),
        ("encoder.layer.*.attention.self.query", "layers.*.attention.query"),
        ("encoder.layer.*.attention.self.key", "layers.*.attention.key"),
        ("encoder.layer.*.attention.self.value", "layers.*.attention.value"),
        ("encoder.layer.*.attention.output.dense", "layers.*.attention.output"),
        ("encoder.layer.*.attention.output.LayerNorm", "layers.*.attentionNormalization"),
        ("encoder.layer.*.intermediate.dense", "layers.*.intermediate"),
        ("encoder.layer.*.output.dense", "layers.*.output"),
        ("encoder.layer.*.output.LayerNorm", "layers.*.outputNormalization"),
        ("pooler", .unused),
        ("cls", .unused),
        ("dropout", .unused),
        ("classifier", .unused),
        ("qa_outputs", .unused),
    ])

    /// Takes off the prefix of models with a head, and renames the LayerNorm parameters of TensorFlow's checkpoints.
    private static func plainNames(_ weights: [String: Tensor]) -> [String: Tensor] {
        let endings = ["LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"]
        var plain: [String: Tensor] = [:]
        for (key, tensor) in weights {
            var name = key.hasPrefix("bert.") ? String(key.dropFirst("bert.".count)) : key
            for (old, new) in endings where name.hasSuffix(old) { name = name.dropLast(old.count) + new }
            plain[name] = tensor
        }
        return plain
    }
}

/// The sum of word, position and segment vectors, normalised.
private final class BertEmbeddings: Module {
    let words: Embedding
    let positions: Embedding
    let segments: Embedding
    let normalization: LayerNorm
    let dropout: Dropout

    init(_ configuration: BertConfiguration) {
        func table(_ count: Int, paddingIndex: Int? = nil) -> Embedding {
            Embedding(
                count, configuration.hiddenSize, deviation: configuration.initializerRange, paddingIndex: paddingIndex)
        }
        words = table(configuration.vocabularySize, paddingIndex: 0)
        positions = table(configuration.maximumPositions)
        segments = table(configuration.segmentCount)
        normalization = LayerNorm(configuration.hiddenSize, epsilon: configuration.normalizationEpsilon)
        dropout = Dropout(configuration.hiddenDropout)
    }

    func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor) -> Tensor {
        let position = positions.weight.narrow(0, start: 0, length: tokenIDs.size(1))
        return dropout(normalization(words(tokenIDs) + segments(segmentIDs) + position))
    }
}

/// One encoder layer: attention, then the feed-forward network, each added to its input and normalised.
private final class BertLayer: Module {
    let attention: BertAttention
    let attentionNormalization: LayerNorm
    let intermediate: Linear
    let output: Linear
    let outputNormalization: LayerNorm
    let dropout: Dropout
    let activation: BertConfiguration.Activation

    init(_ configuration: BertConfiguration) {
        let width = configuration.hiddenSize
        attention = BertAttention(configuration)
        attentionNormalization = LayerNorm(width, epsilon: configuration.normalizationEpsilon)
        intermediate = Linear(width, configuration.intermediateSize)
        output = Linear(configuration.intermediateSize, width)
        outputNormalization = LayerNorm(width, epsilon: configuration.normalizationEpsilon)
        dropout = Dropout(configuration.hiddenDropout)
        activation = configuration.activation
    }

    func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        let attended = attentionNormalization(dropout(attention(x, mask: mask)) + x)
        return outputNormalization(dropout(output(activation(intermediate(attended)))) + attended)
    }
}

/// Self-attention over `[batch, length, d]`; `mask` `[batch, 1, 1, length]` is true where a token may be seen.
private final class BertAttention: Module {
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let headCount: Int
    let dropout: Double

    init(_ configuration: BertConfiguration) {
        let width = configuration.hiddenSize
        query = Linear(width, width)
        key = Linear(width, width)
        value = Linear(width, width)
        output = Linear(width, width)
        headCount = configuration.headCount
        dropout = configuration.attentionDropout
    }

    func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
        let (batch, length, width) = (x.size(0), x.size(1), x.size(2))
        func heads(_ projected: Tensor) -> Tensor {
            projected.reshaped([batch, length, headCount, width / headCount]).transposed(1, 2)
        }
        let attended = Tensor.attention(
            query: heads(query(x)), key: heads(key(x)), value: heads(value(x)), mask: mask,
            dropout: isTraining ? dropout : 0)
        return output(attended.transposed(1, 2).reshaped([batch, length, width]))
    }
}

extension BertConfiguration.Activation {
    fileprivate func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: x.gelu()
        case .geluApproximate: x.gelu(approximate: true)
        case .relu: x.relu()
        }
    }
}
