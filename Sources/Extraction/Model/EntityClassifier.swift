import Torch

/// Emission scores of every word (Eq. 12 and 13).
package final class EntityClassifier: Module {
    /// M^s: one vector a part of speech; number 0 is for padding and for words without one. Nil without syntax, and
    /// without parts of speech.
    package let tagEmbedding: Embedding?
    /// M^p: one vector a word position; positions beyond the table share the last. Nil without syntax.
    package let positionEmbedding: Embedding?
    /// MLP_1, first layer.
    package let hidden: Linear
    /// MLP_1, second layer.
    package let output: Linear
    private let dropout: Dropout

    /// The width of M^s and M^p.
    package static let syntaxWidth = 100
    /// The number of word positions that the classifier distinguishes.
    package static let positions = 256

    /// - Parameters:
    ///   - width: D.
    ///   - partsOfSpeech: the number of tags of the tagger; 0 where there is none.
    ///   - tagCount: the number of BIO tags.
    ///   - syntax: whether parts of speech and positions are read.
    package init(width: Int, partsOfSpeech: Int, tagCount: Int, dropout: Double, syntax: Bool = true) {
        tagEmbedding =
            syntax && partsOfSpeech > 0 ? Embedding(partsOfSpeech + 1, Self.syntaxWidth, deviation: 0.1) : nil
        positionEmbedding = syntax ? Embedding(Self.positions, Self.syntaxWidth, deviation: 0.1) : nil
        let read = [tagEmbedding, positionEmbedding].count { $0 != nil }
        hidden = Linear(width + read * Self.syntaxWidth, width)
        output = Linear(width, tagCount)
        self.dropout = Dropout(dropout)
    }

    /// Emissions `[batch, words, tags]` of M^t `[batch, words, D]` and part-of-speech numbers `[batch, words]`.
    package func callAsFunction(_ fused: Tensor, partsOfSpeech: Tensor) -> Tensor {
        output(dropout(hidden(features(fused.to(.float32), partsOfSpeech: partsOfSpeech)).gelu()))
    }

    /// [M^t; M^s; M^p], [M^t; M^p] without parts of speech, or M^t alone.
    private func features(_ fused: Tensor, partsOfSpeech: Tensor) -> Tensor {
        guard let positionEmbedding else { return fused }
        let (batch, words) = (fused.size(0), fused.size(1))
        let positions = Tensor((0..<words).map { min($0, Self.positions - 1) }, shape: [1, words]).to(fused.device)
        let position = positionEmbedding(positions).expanded([batch, -1, -1])
        let tags = tagEmbedding.map { [$0(partsOfSpeech)] } ?? []
        return Tensor.concatenated([fused] + tags + [position], -1)
    }
}
