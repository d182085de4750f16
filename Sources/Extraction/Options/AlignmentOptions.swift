import Shapley
import Support

/// The alignment of texts, contexts and pictures (paper, section 3.2).
public struct AlignmentOptions: Sendable, Equatable, Codable {
    /// The terms of the contrastive loss.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// Shapley values of in-batch coalition games (Eq. 4 to 7).
        case shapley
        /// The softmax cross-entropy of InfoNCE (van den Oord et al., 2018).
        case infonce
        /// No alignment.
        case none
    }

    /// The pairs of representations that play.
    public enum Via: String, Sendable, Codable, CaseIterable {
        /// Text with context and context with picture: the bridge of the paper.
        case context
        /// Text with picture: the paper's "w/o Context in Alignment".
        case direct
    }

    /// The way to compute Shapley values.
    public enum Estimator: String, Sendable, Codable, CaseIterable {
        case exact
        case cyclic
        case permutation
        case antithetic
    }

    /// Whether the games see representations from the joint encoding of text and context, or from two passes.
    public enum Encoding: String, Sendable, Codable, CaseIterable {
        case joint
        case separate
    }

    /// The way from a text to one vector.
    public enum Pooling: String, Sendable, Codable, CaseIterable {
        /// The mean over its wordpieces.
        case mean
        /// The vector of `[CLS]`; contexts keep their mean.
        case cls
    }

    /// The layers between the representations and the games.
    public enum Projection: String, Sendable, Codable, CaseIterable {
        /// Nothing: the games see the representations themselves, as in the paper.
        case none
        /// A two-layer perceptron for each side, which only the games see (Chen et al., 2020).
        case perceptron
    }

    /// The posts that play the games of a step.
    public enum PlayerSource: String, Sendable, Codable, CaseIterable {
        /// Those that the task learns from.
        case labelled
        /// All posts of the training split, those beyond `training.limit` among them; the games need no annotation.
        case all
    }

    public typealias Negatives = AlignmentLoss.Negatives

    public var method = Method.shapley
    public var via = Via.context
    public var estimator = Estimator.exact
    /// Random orders a game, for the sampled estimators.
    public var samples = 16
    /// The way in which the loss counts the values of the pairs that do not belong together (Eq. 5).
    public var negatives = Negatives.mean
    /// tau of Eq. 4.
    public var temperature = 0.1
    /// The weight of the loss between text and context.
    public var alpha = 0.02
    /// The weight of the loss between picture and context.
    public var beta = 0.04
    public var encoding = Encoding.joint
    public var pooling = Pooling.mean
    public var projection = Projection.none
    /// Whether the fusion reads pictures through the projection that the games align.
    public var shared = false
    /// The posts that play the games.
    public var players = PlayerSource.labelled

    public init() {}

    /// Reads options; those that earlier versions did not have are as they were without them.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        method = try fields.choice(.method)
        via = try fields.choice(.via)
        estimator = try fields.choice(.estimator)
        samples = try fields.whole(.samples, in: Self.sampleCounts)
        negatives = try fields.choice(.negatives)
        temperature = try fields.number(.temperature, in: Self.temperatures)
        alpha = try fields.number(.alpha, in: Self.weights)
        beta = try fields.number(.beta, in: Self.weights)
        encoding = try fields.choice(.encoding)
        pooling = try fields.choice(.pooling)
        projection = try fields.choice(.projection)
        shared = try fields.decodeIfPresent(Bool.self, forKey: .shared) ?? false
        players = try fields.choice(.players, default: .labelled)
    }

    /// The numbers that ``samples`` can be.
    package static let sampleCounts = 1...100_000
    /// The numbers that ``temperature`` can be.
    package static let temperatures = 0.001...1000
    /// The numbers that ``alpha`` and ``beta`` can be.
    package static let weights = 0.0...1000

    /// The weight of the term between texts and contexts; 0 where it is not played.
    package var textWeight: Double { method == .none || via == .direct ? 0 : alpha }

    /// The weight of the term between pictures and contexts, or of that between pictures and texts, which takes both.
    package var pictureWeight: Double {
        switch (method, via) {
        case (.none, _): 0
        case (_, .context): beta
        case (_, .direct): alpha + beta
        }
    }

    /// Whether there are games at all.
    package var isPlayed: Bool { textWeight > 0 || pictureWeight > 0 }

    /// Whether there are perceptrons to be trained.
    var usesProjection: Bool { method != .none && projection == .perceptron }

    /// Whether texts and contexts are encoded once more, each alone.
    var usesSeparateEncoding: Bool { isPlayed && encoding == .separate }

    /// The representations that the games see; without games, the joint encoding.
    var encodingOfGames: Encoding { usesSeparateEncoding ? .separate : .joint }

    /// The estimator with its number of samples.
    func shapleyEstimator() throws -> ShapleyEstimator {
        try ShapleyEstimator(name: estimator.rawValue, samples: samples)
    }
}
