import Corpus
import Extraction
import Foundation
import Language
import Testing
import Torch
import Vision

/// What `make_shapca.py` computed with the PyTorch peer: one small batch, and the method in ten variants.
struct OracleFixture {
    /// Foundation has a type of the same name.
    typealias Alignment = Extraction.AlignmentOptions

    /// A variant of the method and its losses.
    struct Variant: Decodable {
        struct Options: Decodable {
            let encoding: Alignment.Encoding
            let pooling: Alignment.Pooling
            let projection: Alignment.Projection
            let method: Alignment.Method
            let via: Alignment.Via
            let estimator: Alignment.Estimator
            let temperature: Double
            let alpha: Double
            let beta: Double
            let attention: FusionOptions.Attention
            let gate: FusionOptions.Gate
            let width: Int
            let heads: Int
            let imageWidth: Int
        }

        let options: Options
        let images: Bool
        let losses: [String: Double]
    }

    private struct Document: Decodable {
        let labels: [String]
        let tagCount: Int
        let orderSeed: UInt64
        let bert: TextEncoderConfiguration
        let variants: [String: Variant]
    }

    static let variants = [
        "return", "direct", "ungated", "infonce", "via-direct", "cyclic", "without-images", "separate", "cls",
        "projected",
    ]

    let variant: Variant
    /// The seed for which `cyclic` draws the stored orders.
    let seed: UInt64
    /// `[batch, words, tags]`, 0 for padding.
    let emissions: Tensor
    /// The derivative of the total loss, by the module's path.
    let gradients: [String: Tensor]
    private let document: Document
    private let inputs: [String: Tensor]
    private let weights: [String: Tensor]

    init(_ name: String) throws {
        document = try JSONDecoder().decode(Document.self, from: Data(contentsOf: Self.url("shapca.json")))
        variant = try #require(document.variants[name])
        let expected = try loadWeights(at: Self.url("shapca-\(name).safetensors"))
        let stored = try loadWeights(at: Self.url("shapca-inputs.safetensors"))
        emissions = try #require(expected["emissions"])
        seed = document.orderSeed
        inputs = Self.below("inputs.", stored)
        let named = Self.below("gradients.", expected)
        gradients = Self.byPath(named)
        weights = Self.byPath(Self.below("weights.", stored).filter { named[$0.key] != nil })
    }

    /// The model with the fixture's weights; nothing in it is random.
    /// - Parameter configure: changes options that add no parameters.
    func model(_ configure: (inout ModelConfiguration) -> Void = { _ in }) throws -> ShapCA {
        let model = fresh(configure)
        try model.load(weights)
        return model
    }

    /// The same model with weights drawn at random, the same each time: for options that the peer does not know.
    func fresh(_ configure: (inout ModelConfiguration) -> Void = { _ in }) -> ShapCA {
        Random.seed(23)
        let options = variant.options
        var alignment = Alignment()
        alignment.method = options.method
        alignment.via = options.via
        alignment.estimator = options.estimator
        alignment.temperature = options.temperature
        alignment.alpha = options.alpha
        alignment.beta = options.beta
        alignment.encoding = options.encoding
        alignment.negatives = .sum
        alignment.pooling = options.pooling
        alignment.projection = options.projection
        var fusion = FusionOptions()
        fusion.attention = options.attention
        fusion.gate = options.gate
        fusion.paths = .picture
        fusion.width = options.width
        fusion.heads = options.heads
        var configuration = ModelConfiguration(
            textEncoderName: "tiny", textEncoder: document.bert, imageEncoder: StandInEncoder.structure,
            usesContext: true, alignment: alignment, fusion: fusion, dropout: 0.1, maximumLength: 48, labels: labels,
            partsOfSpeech: (0..<document.tagCount).map { "\($0)" })
        configure(&configuration)
        return ShapCA(configuration, imageEncoder: StandInEncoder(width: options.imageWidth))
    }

    var labels: LabelSet {
        LabelSet(entityTypes: document.labels.filter { $0.hasPrefix("B-") }.map { String($0.dropFirst(2)) })
    }

    /// The seven posts as they would come from the tokenizer.
    func posts() throws -> [EncodedPost] {
        let lengths = try counts("attentionMask")
        let words = try counts("wordMask")
        let (ids, starts) = (try rows("inputIds"), try rows("wordStarts"))
        let (partsOfSpeech, tags) = (try rows("tags"), try rows("labels"))
        let (text, context) = (try counts("textMask"), try counts("contextMask"))
        return lengths.indices.map { item in
            let end = 1 + text[item]
            let ids = Array(ids[item].prefix(lengths[item]))
            let pair = (end + 1)..<(end + 1 + context[item])
            return EncodedPost(
                sequence: TokenSequence(ids: ids, text: 1..<end, pair: pair, secondSegment: end + 1),
                parts: EncodedPost.Parts(
                    text: Self.alone(Array(ids[1..<end]), like: ids), context: Self.alone(Array(ids[pair]), like: ids)),
                wordStarts: Array(starts[item].prefix(words[item])),
                partsOfSpeech: Array(partsOfSpeech[item].prefix(words[item])),
                target: EncodedPost.Target(tags: Array(tags[item].prefix(words[item]))))
        }
    }

    /// Pieces between the first and the last token of another sequence.
    static func alone(_ pieces: [Int], like sequence: [Int] = [2, 3]) -> TokenSequence {
        let ids = [sequence[0]] + pieces + [sequence[sequence.count - 1]]
        return TokenSequence(
            ids: ids, text: 1..<(1 + pieces.count), pair: ids.count..<ids.count, secondSegment: ids.count)
    }

    /// Whether each post has a picture in this variant.
    func hasPicture() throws -> [Bool] {
        let present = try tensor("hasImage").to(.int64).ints().map { $0 != 0 }
        return variant.images ? present : present.map { _ in false }
    }

    /// The posts of these numbers side by side.
    /// - Parameter withPictures: whether those that have a picture keep it.
    func batch(of items: [Int], withPictures: Bool = true) throws -> Batch {
        let posts = try posts()
        let hasPicture = try hasPicture().map { $0 && withPictures }
        let pictured = items.filter { hasPicture[$0] }
        let index = Tensor(pictured, shape: [pictured.count])
        let pictures = Batch.Pictures.features(
            ImageFeatures(
                regions: try tensor("regions").indexSelect(0, index),
                pooled: try tensor("pooledImage").indexSelect(0, index)))
        return Batch(
            items.map { posts[$0] }, seen: items.map { hasPicture[$0] ? [0] : [] },
            pictures: pictured.isEmpty ? nil : pictures, paddingID: 0, alignment: variant.options.encoding)
    }

    private func tensor(_ name: String) throws -> Tensor {
        try #require(inputs[name])
    }

    private func rows(_ name: String) throws -> [[Int]] {
        let tensor = try tensor(name)
        return (0..<tensor.size(0)).map { tensor.select(0, $0).ints() }
    }

    private func counts(_ mask: String) throws -> [Int] {
        try rows(mask).map { $0.reduce(0, +) }
    }

    private static func below(_ prefix: String, _ tensors: [String: Tensor]) -> [String: Tensor] {
        let kept = tensors.filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: kept.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    /// Renames what is below the text encoder, and gives the position table its full number of rows: they are not used.
    private static func byPath(_ tensors: [String: Tensor]) -> [String: Tensor] {
        let encoder = "textEncoder."
        var result: [String: Tensor] = [:]
        for (name, tensor) in tensors {
            if name.hasPrefix(encoder) {
                let path = BertModel.keyMap.path(for: String(name.dropFirst(encoder.count)))
                result[encoder + (path ?? name)] = tensor
            } else if name == "head.classifier.positionEmbedding.weight" {
                result[name] = tensor.padded([0, 0, 0, EntityClassifier.positions - tensor.size(0)])
            } else {
                result[name] = tensor
            }
        }
        return result
    }

    private static func url(_ name: String) -> URL { Bundle.module.bundleURL.appending(path: "Fixtures/\(name)") }
}

/// An encoder for models that are only ever given features.
final class StandInEncoder: ImageEncoder {
    /// The structure that it pretends to have; nothing asks what it is.
    static let structure = ImageEncoderConfiguration.named(.efficientNetLite0)

    let configuration = StandInEncoder.structure
    let preprocessing = Preprocessing.imageNet
    let width: Int
    let regionCount = 9
    let keyMap = KeyMap.identity

    init(width: Int) { self.width = width }

    func callAsFunction(_ pixels: Tensor) -> ImageFeatures {
        preconditionFailure("a stand-in looks at no picture")
    }
}
