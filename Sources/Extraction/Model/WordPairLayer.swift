import Torch

/// Label probabilities of word pairs, refined by contrast (Eq. 14 to 18).
///
/// X^l_ij = MLP^l([M_i; M_j; M_i - M_j]) for the fused words (t), their parts of speech (s) and their positions (p). The
/// first layer splits into (W1 + W3) M_i + (W2 - W3) M_j, so that no tensor of all pairs and features is ever made.
/// Eq. 17 is read in log space, P^final ~ P^tsp (P^tsp / P^t)^lambda, which is P^tsp at lambda = 0.
package final class WordPairLayer: Module {
    /// M^s: one vector a part of speech; number 0 is for padding and for words without one. Nil without syntax, and
    /// without parts of speech.
    package let tagEmbedding: Embedding?
    /// M^p: one vector a word position; positions beyond the table share the last. Nil without syntax.
    package let positionEmbedding: Embedding?
    /// MLP^t: `[D, 3 D]`
    package let text: Linear
    /// MLP^s: `[D, 3 * 100]`; nil without syntax, and without parts of speech.
    package let syntax: Linear?
    /// MLP^p: `[D, 3 * 100]`; nil without syntax.
    package let position: Linear?
    /// MLP_2: the labels by the fused words alone; nil without contrast.
    package let textOutput: Linear?
    /// MLP_3: the labels by all three.
    package let output: Linear
    private let dropout: Dropout
    private let contrastWeight: Double

    /// - Parameters:
    ///   - width: D.
    ///   - partsOfSpeech: the number of tags of the tagger; 0 where there is none.
    ///   - labelCount: the number of labels of a pair.
    ///   - syntax: whether parts of speech and positions are read.
    package init(
        width: Int, partsOfSpeech: Int, labelCount: Int, dropout: Double, options: WordPairOptions, syntax: Bool = true
    ) {
        let syntaxWidth = EntityClassifier.syntaxWidth
        let tagged = syntax && partsOfSpeech > 0
        tagEmbedding = tagged ? Embedding(partsOfSpeech + 1, syntaxWidth, deviation: 0.1) : nil
        positionEmbedding = syntax ? Embedding(EntityClassifier.positions, syntaxWidth, deviation: 0.1) : nil
        text = Linear(3 * width, width)
        self.syntax = tagged ? Linear(3 * syntaxWidth, width) : nil
        position = syntax ? Linear(3 * syntaxWidth, width) : nil
        textOutput = options.contrast ? Linear(width, labelCount) : nil
        output = Linear((1 + [self.syntax, position].count { $0 != nil }) * width, labelCount)
        self.dropout = Dropout(dropout)
        contrastWeight = options.weight
    }

    /// log P^final, `[pairs, labels]`.
    /// - Parameters:
    ///   - words: M^t of all words of a batch, `[words, D]`.
    ///   - partsOfSpeech: `[words]`
    ///   - positions: the place of each word in its post.
    ///   - pairs: i and j of each pair as rows of `words`.
    package func callAsFunction(
        _ words: Tensor, partsOfSpeech: Tensor, positions: [Int], pairs: (rows: Tensor, columns: Tensor)
    ) -> Tensor {
        let places = Tensor(positions.map { min($0, EntityClassifier.positions - 1) }, shape: [positions.count])
        var sides = [Self.sides(dropout(words.to(.float32)), text)]
        if let tagEmbedding, let syntax { sides.append(Self.sides(tagEmbedding(partsOfSpeech), syntax)) }
        if let positionEmbedding, let position {
            sides.append(Self.sides(positionEmbedding(places.to(words.device)), position))
        }
        let scores = Tensor.pairScores(
            left: .concatenated(sides.map(\.left), -1), right: .concatenated(sides.map(\.right), -1), pairs: pairs,
            weight: weight, bias: bias)
        let labels = output.weight.size(0)
        let full = scores.narrow(-1, start: 0, length: labels).logSoftmax(-1)
        guard textOutput != nil else { return full }
        let plain = scores.narrow(-1, start: labels, length: labels).logSoftmax(-1)
        return (full + (full - plain) * contrastWeight).logSoftmax(-1)
    }

    /// The output layers as one: MLP_3 over all features, then MLP_2, which sees 0 for all but the fused words.
    private var weight: Tensor {
        guard let textOutput else { return output.weight }
        let hidden = output.weight.size(1) - textOutput.weight.size(1)
        return .concatenated([output.weight, textOutput.weight.padded([0, hidden])], 0)
    }

    private var bias: Tensor {
        let own = output.bias ?? .zeros([output.weight.size(0)])
        return textOutput?.bias.map { .concatenated([own, $0], 0) } ?? own
    }

    /// (W1 + W3) M + b and (W2 - W3) M of a layer over [M_i; M_j; M_i - M_j].
    private static func sides(_ features: Tensor, _ layer: Linear) -> (left: Tensor, right: Tensor) {
        let width = features.size(-1)
        func block(_ index: Int) -> Tensor { layer.weight.narrow(1, start: index * width, length: width) }
        let left = features.linear(block(0) + block(2), layer.bias)
        let right = features.linear(block(1) - block(2))
        return (left.to(.float32), right.to(.float32))
    }
}
