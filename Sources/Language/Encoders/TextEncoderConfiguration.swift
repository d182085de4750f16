import Foundation
import Support

/// The structure of a text encoder, as `config.json` of a Hugging Face folder gives it.
public enum TextEncoderConfiguration: Sendable, Codable, Equatable {
    case bert(BertConfiguration)
    case roberta(RobertaConfiguration)
    case mpnet(MPNetConfiguration)
    case distilbert(DistilBertConfiguration)
    case electra(ElectraConfiguration)
    case modernbert(ModernBertConfiguration)
    case debertaV2(DebertaV2Configuration)

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
    }

    /// Reads the keys that `transformers` writes; without `model_type`, those of BERT.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        let type = try keys.decodeIfPresent(String.self, forKey: .modelType) ?? TextEncoderKind.bert.rawValue
        switch TextEncoderKind(modelType: type) {
        case .bert: self = .bert(try BertConfiguration(from: decoder))
        case .roberta: self = .roberta(try RobertaConfiguration(from: decoder))
        case .mpnet: self = .mpnet(try MPNetConfiguration(from: decoder))
        case .distilbert: self = .distilbert(try DistilBertConfiguration(from: decoder))
        case .electra: self = .electra(try ElectraConfiguration(from: decoder))
        case .modernbert: self = .modernbert(try ModernBertConfiguration(from: decoder))
        case .debertaV2: self = .debertaV2(try DebertaV2Configuration(from: decoder))
        case nil:
            let names = TextEncoderKind.modelTypes
            let near = type.nearest(in: names).map { " (did you mean \"\($0)\"?)" } ?? ""
            throw keys.corrupted(
                .modelType, "is \(type.quoted)\(near), but only \(names.joined(separator: ", ")) are supported")
        }
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws { try structure.encode(to: encoder) }

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

    /// BERT-base with the vocabulary without capitals (Devlin et al., 2019).
    package static func bertBase() throws -> TextEncoderConfiguration {
        let keys = """
            {"model_type": "bert", "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12,
             "num_attention_heads": 12, "intermediate_size": 3072}
            """
        return try JSONDecoder().decode(Self.self, from: Data(keys.utf8))
    }

    private var structure: any TextEncoderStructure {
        switch self {
        case .bert(let structure): structure
        case .roberta(let structure): structure
        case .mpnet(let structure): structure
        case .distilbert(let structure): structure
        case .electra(let structure): structure
        case .modernbert(let structure): structure
        case .debertaV2(let structure): structure
        }
    }

    /// The architecture.
    public var kind: TextEncoderKind { type(of: structure).kind }

    /// d: the width of hidden states.
    public var width: Int { structure.width }

    /// The number of rows in the table of token vectors.
    public var vocabularySize: Int { structure.vocabularySize }

    /// The longest sequence: the positions that tokens can have.
    public var maximumPositions: Int { structure.maximumPositions }

    /// The number of segment ids; with fewer than two, an encoder makes nothing of them.
    public var segmentCount: Int { structure.segmentCount }

    /// Makes an encoder with random weights.
    public func makeEncoder() -> any TextEncoder { structure.makeEncoder() }

    /// The same structure with more rows in the table of token vectors.
    func addingTokens(_ count: Int) -> TextEncoderConfiguration {
        var structure = structure
        structure.vocabularySize += count
        return structure.configuration
    }
}

/// What an architecture says of an encoder, each in its own way.
protocol TextEncoderStructure: Sendable, Codable, Equatable {
    /// The architecture.
    static var kind: TextEncoderKind { get }
    /// This structure among those of all architectures.
    var configuration: TextEncoderConfiguration { get }
    /// d: the width of hidden states.
    var width: Int { get }
    /// The number of rows in the table of token vectors.
    var vocabularySize: Int { get set }
    /// The longest sequence.
    var maximumPositions: Int { get }
    /// The number of segment ids; 0 where there is no table of them.
    var segmentCount: Int { get }

    /// Makes an encoder with random weights.
    func makeEncoder() -> any TextEncoder
}

/// The structure of an architecture that took over what BERT has.
protocol BertHeirStructure: TextEncoderStructure {
    /// What BERT has too.
    var bert: BertConfiguration { get set }
}

extension BertHeirStructure {
    var width: Int { bert.width }
    var vocabularySize: Int {
        get { bert.vocabularySize }
        set { bert.vocabularySize = newValue }
    }
    var maximumPositions: Int { bert.maximumPositions }
    var segmentCount: Int { bert.segmentCount }
}
