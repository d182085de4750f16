/// The architectures of text encoders, under the names that `model_type` of a Hugging Face `config.json` gives them.
public enum TextEncoderKind: String, Sendable, CaseIterable {
    case bert
    case roberta
    case mpnet
    case distilbert
    case electra
    case modernbert
    case debertaV2 = "deberta-v2"

    /// The architecture that a `config.json` names; nil for one that is not known here.
    public init?(modelType: String) {
        let isRoberta = RobertaConfiguration.ModelType(rawValue: modelType) != nil
        self.init(rawValue: isRoberta ? Self.roberta.rawValue : modelType)
    }

    /// All names of `model_type` that are known here.
    package static let modelTypes = Set(allCases.map(\.rawValue))
        .union(RobertaConfiguration.ModelType.allCases.map(\.rawValue)).sorted()

    /// Recognises an architecture by the keys of its weights; nil if they are of none.
    ///
    /// Without a prefix, the weights of BERT, RoBERTa and ELECTRA have the same keys: they count as those of BERT.
    public init?(keys: some Collection<String>) {
        guard let kind = Self.kinds(keys: keys).first else { return nil }
        self = kind
    }

    /// The architectures whose weights have such keys.
    package static func kinds(keys: some Collection<String>) -> [TextEncoderKind] {
        let keys = Set(keys)
        return allCases.filter { kind in
            let marks = kind.marks
            return ["", marks.prefix].contains { prefix in
                marks.keys.allSatisfy { keys.contains("\(prefix)\($0).weight") }
            }
        }
    }

    /// What published weights of the architecture below a head have before their names.
    var prefix: String { marks.prefix }

    /// The prefix of the weights below a head, and keys that all weights of the architecture have.
    private var marks: (prefix: String, keys: [String]) {
        let words = "embeddings.word_embeddings"
        let attention = "encoder.layer.0.attention"
        return switch self {
        case .bert: ("bert.", [words, "\(attention).self.query"])
        case .roberta: ("roberta.", [words, "\(attention).self.query"])
        case .mpnet: ("mpnet.", [words, "\(attention).attn.q", "encoder.relative_attention_bias"])
        case .distilbert: ("distilbert.", [words, "transformer.layer.0.attention.q_lin"])
        case .electra: ("electra.", [words, "\(attention).self.query"])
        case .modernbert: ("model.", ["embeddings.tok_embeddings", "layers.0.attn.Wqkv"])
        case .debertaV2: ("deberta.", [words, "\(attention).self.query_proj", "encoder.rel_embeddings"])
        }
    }
}
