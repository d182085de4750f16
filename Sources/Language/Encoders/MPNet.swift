import Foundation
import Support
import Torch

/// The structure of an MPNet encoder.
public struct MPNetConfiguration: Sendable, Codable, Equatable {
    /// What BERT has too. There are no segments.
    public var bert: BertConfiguration

    /// The number of the token that fills sequences up; positions are counted from it on.
    static let paddingID = 1
    /// The ranges of distances that have a bias of their own.
    static let bucketCount = 32
    /// The distance from which on all are in the last bucket.
    static let maximumDistance = 128

    private enum CodingKeys: String, CodingKey {
        case modelType = "model_type"
        case paddingID = "pad_token_id"
        case bucketCount = "relative_attention_num_buckets"
    }

    /// Reads the keys that `transformers` writes; those it may leave out have its defaults.
    public init(from decoder: any Decoder) throws {
        bert = try BertConfiguration(
            from: decoder, segmentCounts: 0...0, segmentCount: 0, normalizationEpsilon: 1e-12)
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        for (key, value) in [(CodingKeys.paddingID, Self.paddingID), (.bucketCount, Self.bucketCount)] {
            _ = try keys.value(key, default: value, rule: "\(value) in MPNet") { $0 == value }
        }
        let fewest = Self.paddingID + 2
        guard bert.maximumPositions >= fewest, bert.vocabularySize > Self.paddingID else {
            throw keys.corrupted(
                .paddingID, "is \(Self.paddingID): vocab_size and max_position_embeddings must be at least \(fewest)")
        }
    }

    /// Writes the keys that `transformers` reads.
    public func encode(to encoder: any Encoder) throws {
        try bert.encode(to: encoder)
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode("mpnet", forKey: .modelType)
        try keys.encode(Self.paddingID, forKey: .paddingID)
        try keys.encode(Self.bucketCount, forKey: .bucketCount)
    }
}

extension MPNetConfiguration: BertHeirStructure {
    static let kind = TextEncoderKind.mpnet

    var configuration: TextEncoderConfiguration { .mpnet(self) }
    var maximumPositions: Int { bert.maximumPositions - Self.paddingID - 1 }

    func makeEncoder() -> any TextEncoder { MPNetModel(self) }
}

/// The MPNet encoder (Song et al., 2020): RoBERTa whose attention has a bias for each range of distances (Raffel et al.,
/// 2020), the same in all layers.
package final class MPNetModel: TextEncoder {
    private let structure: MPNetConfiguration
    private let embeddings: TokenEmbeddings
    private let layers: [PostNormLayer<SelfAttention>]
    private let distances: Embedding

    /// An encoder with fresh weights; ``load(folder:)`` gives trained ones.
    package init(_ configuration: MPNetConfiguration) {
        structure = configuration
        let bert = configuration.bert
        embeddings = TokenEmbeddings(
            bert.embeddings(
                paddingID: MPNetConfiguration.paddingID, positions: .afterPadding(rows: bert.maximumPositions)))
        layers = bert.makeLayers()
        distances = Embedding(
            MPNetConfiguration.bucketCount, bert.headCount, deviation: bert.initializerRange)
    }

    package var configuration: TextEncoderConfiguration { structure.configuration }

    package func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
        let scope = SelfAttention.Scope(
            attentionMask: attentionMask, bias: bias(length: tokenIDs.size(1), on: tokenIDs.device))
        return layers.reduce(embeddings(tokenIDs: tokenIDs, segmentIDs: segmentIDs)) { $1($0, scope) }
    }

    /// What a token's distance from another adds to the scores of attention: `[1, heads, length, length]`.
    private func bias(length: Int, on device: Device) -> Tensor {
        let buckets = Self.buckets(of: RelativePositions.distances(length: length)).to(device)
        return RelativePositions.spread(distances(buckets), length: length).permuted([2, 0, 1]).unsqueezed(0)
    }

    /// The bucket of each distance.
    ///
    /// Half of the buckets are for tokens that follow. Of each half, one half is for small distances, one by one, the other
    /// for ranges that grow with the distance.
    package static func buckets(of distances: Tensor) -> Tensor {
        let (half, exact) = (MPNetConfiguration.bucketCount / 2, MPNetConfiguration.bucketCount / 4)
        let range = log(Double(MPNetConfiguration.maximumDistance) / Double(exact))
        let magnitudes = distances.abs()
        let far = magnitudes.to(.float32).clamped(to: Double(exact)...Double.infinity)
        let logarithms = (far / Double(exact)).log() / range * Double(half - exact)
        let large = (logarithms.to(.int64) + Double(exact)).clamped(to: 0...Double(half - 1)).to(.int64)
        let near = Tensor.choose(magnitudes .< Double(exact), magnitudes, large)
        return near + (distances .> 0).to(.int64) * Tensor([half], shape: [1])
    }

    package var keyMap: KeyMap { Self.keyMap }

    /// Names of `transformers` and how they are called here.
    package static let keyMap = KeyMap(
        PublishedKeys.embeddings + PublishedKeys.feedForward + [
            ("encoder.layer.*.attention.attn.q", "layers.*.attention.query"),
            ("encoder.layer.*.attention.attn.k", "layers.*.attention.key"),
            ("encoder.layer.*.attention.attn.v", "layers.*.attention.value"),
            ("encoder.layer.*.attention.attn.o", "layers.*.attention.output"),
            ("encoder.layer.*.attention.LayerNorm", "layers.*.attentionNormalization"),
            ("encoder.relative_attention_bias", "distances"),
        ] + PublishedKeys.heads("pooler", "lm_head", "classifier", "qa_outputs"))
}
