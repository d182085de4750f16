import Foundation
import Torch

/// A BERT encoder of a few thousand weights as a Hugging Face folder, for tests that train in seconds.
public struct TinyBert {
    private let vocabulary: [String]
    private let width: Int
    private let intermediateWidth: Int
    private let layerCount: Int
    private let maximumPositions: Int

    /// The longest sequence that the encoder of ``write(to:)`` reads.
    public static let maximumPositions = 48

    /// An encoder of any size.
    public init(vocabulary: [String], width: Int, intermediateWidth: Int, layerCount: Int, maximumPositions: Int) {
        self.vocabulary = vocabulary
        self.width = width
        self.intermediateWidth = intermediateWidth
        self.layerCount = layerCount
        self.maximumPositions = maximumPositions
    }

    /// Writes `config.json`, `vocab.txt` and `model.safetensors` of an encoder for the words of ``TinyCorpus``.
    public static func write(to folder: URL) throws {
        let encoder = TinyBert(
            vocabulary: words, width: 16, intermediateWidth: 32, layerCount: 2, maximumPositions: maximumPositions)
        try encoder.write(to: folder)
    }

    private var configuration: String {
        """
        {
          "model_type": "bert", "vocab_size": \(vocabulary.count), "hidden_size": \(width),
          "num_hidden_layers": \(layerCount), "num_attention_heads": 2, "intermediate_size": \(intermediateWidth),
          "max_position_embeddings": \(maximumPositions), "type_vocab_size": 2, "layer_norm_eps": 1e-12,
          "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1
        }
        """
    }

    /// BERT's special tokens, the words of ``TinyCorpus``, and single characters.
    private static let words: [String] = {
        let characters = ("!"..."~" as ClosedRange<Unicode.Scalar>).scalars.map(String.init).filter {
            $0 == $0.lowercased()
        }
        let words = Set(TinyCorpus.words.map { $0.lowercased() }).subtracting(characters).sorted()
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words + characters + characters.map { "##\($0)" }
    }()

    /// Writes `config.json`, `vocab.txt` and `model.safetensors`.
    public func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(configuration.utf8).write(to: folder.appending(path: "config.json"))
        try Data(vocabulary.joined(separator: "\n").utf8).write(to: folder.appending(path: "vocab.txt"))
        let weights = shapes.map { name, shape in
            (name, Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape))
        }
        try saveSafetensors(
            Dictionary(uniqueKeysWithValues: weights), to: folder.appending(path: "model.safetensors"))
    }

    /// The parameters as `transformers` names them.
    private var shapes: [(name: String, shape: [Int])] {
        func linear(_ name: String, _ input: Int, _ output: Int) -> [(String, [Int])] {
            [("\(name).weight", [output, input]), ("\(name).bias", [output])]
        }
        func normalization(_ name: String) -> [(String, [Int])] {
            [("\(name).weight", [width]), ("\(name).bias", [width])]
        }
        let tables = [
            ("embeddings.word_embeddings.weight", [vocabulary.count, width]),
            ("embeddings.position_embeddings.weight", [maximumPositions, width]),
            ("embeddings.token_type_embeddings.weight", [2, width]),
        ]
        let layers = (0..<layerCount).flatMap { index in
            let layer = "encoder.layer.\(index)"
            return ["query", "key", "value"].flatMap { linear("\(layer).attention.self.\($0)", width, width) }
                + linear("\(layer).attention.output.dense", width, width)
                + normalization("\(layer).attention.output.LayerNorm")
                + linear("\(layer).intermediate.dense", width, intermediateWidth)
                + linear("\(layer).output.dense", intermediateWidth, width)
                + normalization("\(layer).output.LayerNorm")
        }
        return tables + normalization("embeddings.LayerNorm") + layers
    }
}

extension ClosedRange<Unicode.Scalar> {
    fileprivate var scalars: [Unicode.Scalar] {
        (lowerBound.value...upperBound.value).compactMap(Unicode.Scalar.init)
    }
}
