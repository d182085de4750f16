import Torch

/// The names of `transformers` that several architectures have in common, and how they are called here.
enum PublishedKeys {
    typealias Row = (pattern: String, target: KeyMap.Target)

    /// The tables of tokens, positions and segments.
    static let embeddings: [Row] = [
        ("embeddings.word_embeddings", "embeddings.words"),
        ("embeddings.position_embeddings", "embeddings.positions"),
        ("embeddings.token_type_embeddings", "embeddings.segments"),
        ("embeddings.LayerNorm", "embeddings.normalization"),
        ("embeddings.position_ids", .unused),
    ]

    /// The feed-forward network of a layer, with its normalisation.
    static let feedForward: [Row] = [
        ("encoder.layer.*.intermediate.dense", "layers.*.intermediate"),
        ("encoder.layer.*.output.dense", "layers.*.output"),
        ("encoder.layer.*.output.LayerNorm", "layers.*.outputNormalization"),
    ]

    /// The layers of BERT.
    static let layers: [Row] =
        feedForward + [
            ("encoder.layer.*.attention.self.query", "layers.*.attention.query"),
            ("encoder.layer.*.attention.self.key", "layers.*.attention.key"),
            ("encoder.layer.*.attention.self.value", "layers.*.attention.value"),
            ("encoder.layer.*.attention.output.dense", "layers.*.attention.output"),
            ("encoder.layer.*.attention.output.LayerNorm", "layers.*.attentionNormalization"),
        ]

    /// Networks on top of the encoder, for which there is no use.
    static func heads(_ names: String...) -> [Row] { names.map { ($0, .unused) } }
}

extension [String: Tensor] {
    /// Takes off the prefix of models with a head, and renames the LayerNorm parameters of TensorFlow's checkpoints.
    func withPlainNames(prefix: String) -> Self {
        let endings = ["LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"]
        var plain: Self = [:]
        for (key, tensor) in self {
            var name = key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : key
            for (old, new) in endings where name.hasSuffix(old) { name = name.dropLast(old.count) + new }
            plain[name] = tensor
        }
        return plain
    }
}
