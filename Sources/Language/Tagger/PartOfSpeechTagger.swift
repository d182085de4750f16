import Foundation
import Torch

/// The part-of-speech tagger of spaCy's en_core_web_sm (Honnibal and Montani, explosion.ai), run from its own weights.
///
/// It gives the fine-grained tags of the Penn Treebank, spaCy's `token.tag_`, to words that are already split:
///
///     let tagger = try PartOfSpeechTagger(folder: folder)
///     let tags = try tagger([["Rocky", "barks", "."]])[0].map { tagger.tags[$0] }  // NNP VBZ .
///
/// Any number of threads may use one tagger.
public final class PartOfSpeechTagger: Sendable {
    /// The names of the tags; their order gives them their numbers.
    public let tags: [String]

    /// The features of a word.
    package let lexicalAttributes: LexicalAttributes

    private let attributes: [LexicalAttributes.Attribute]
    private let network: TaggerNetwork
    private let cache: WordVectorCache

    /// Rows that pass through the encoder at once: enough for fast matrix products, few enough for the CPU's caches.
    private static let blockSize = 1024
    private static let cachedWords = 1 << 16

    /// Loads `tagger.json` and `tagger.safetensors`, which `Scripts/convert_tagger.py` wrote.
    /// - Throws: `TaggerError`, `WeightsError`, `WeightMismatch` or `TorchError`.
    public init(folder: URL) throws {
        let configuration = try TaggerConfiguration(contentsOf: folder.appending(path: "tagger.json"))
        let file = folder.appending(path: "tagger.safetensors")
        var weights = try SafetensorsFile(at: file).tensors()
        guard let norms = weights.removeValue(forKey: "norms"), norms.dtype == .int64, norms.rank == 2,
            norms.size(1) == 2
        else {
            throw TaggerError.malformed(file: file.path, reason: "it has no pairs of words and norms")
        }
        network = try Initialization.deferred { TaggerNetwork(configuration) }
        try network.load(weights, file: file)
        tags = configuration.tags
        attributes = configuration.embeddings.map(\.attribute)
        lexicalAttributes = LexicalAttributes(
            reservedStrings: configuration.reservedStrings, norms: Self.dictionary(ofPairs: norms.ints()))
        cache = WordVectorCache(width: configuration.width, capacity: Self.cachedWords)
    }

    /// Tags sentences, each a list of words, and returns the numbers of the words' tags.
    ///
    /// A sentence's tags do not depend on the other sentences. A word that is white space gets `_SP` from spaCy's
    /// attribute ruler, whatever the network says; here the network alone decides.
    /// - Throws: `TorchError` where memory runs out.
    public func callAsFunction(_ sentences: [[String]]) throws -> [[Int]] {
        let margin = [String?](repeating: nil, count: network.encoder.count)
        let rows = margin + sentences.flatMap { $0.isEmpty ? [] : $0 + margin }
        let count = max(0, rows.count - 2 * margin.count)
        var tags: [Int] = []
        tags.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: Self.blockSize) {
            let end = min(start + Self.blockSize, count) + 2 * margin.count
            tags += try self.tags(ofRows: rows[start..<end])
        }
        var next = 0
        return sentences.map { words in
            guard !words.isEmpty else { return [] }
            defer { next += words.count + margin.count }
            return Array(tags[next..<next + words.count])
        }
    }

    /// The tags of all rows but those at both ends that only serve as neighbours.
    private func tags(ofRows rows: ArraySlice<String?>) throws -> [Int] {
        try withoutGradients {
            let vectors = try cache.vectors(for: rows, compute: wordVectors)
            return try withTorchErrors {
                network.scores(Tensor(vectors, shape: [rows.count, cache.width])).argmax(-1).ints()
            }
        }
    }

    private func wordVectors(_ words: [String]) throws -> [Float] {
        let values = attributes.map { attribute in
            words.map { lexicalAttributes.value(of: attribute, for: $0) }
        }
        return try withTorchErrors { network.wordVectors(values).floats() }
    }

    private static func dictionary(ofPairs numbers: [Int]) -> [UInt64: UInt64] {
        let numbers = numbers.map { UInt64(bitPattern: Int64($0)) }
        let pairs = stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
        return Dictionary(pairs) { first, _ in first }
    }
}
