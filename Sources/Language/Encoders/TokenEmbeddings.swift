import Torch

/// The sizes of the tables from which the first layer's input is made.
struct EmbeddingStructure {
    /// How a token finds its row in the table of positions.
    enum Positions {
        /// There is no table.
        case none
        /// The first token of a sequence has row 0.
        case fromStart(rows: Int)
        /// Padding has the row of its own number, and the first token the one after it: so RoBERTa counts.
        case afterPadding(rows: Int)
    }

    var vocabularySize: Int
    /// The number of the token that fills sequences up; its row gets no gradient.
    var paddingID: Int
    var width: Int
    var positions: Positions
    /// Segments; 0 where there is no table of them.
    var segmentCount: Int
    var normalizationEpsilon: Double
    var dropout: Double
    /// The standard deviation of fresh weights.
    var initializerRange: Double
}

/// The sum of word, position and segment vectors, normalised: `[batch, length]` to `[batch, length, width]`.
final class TokenEmbeddings: Module {
    let words: Embedding
    let positions: Embedding?
    let segments: Embedding?
    let normalization: LayerNorm
    let dropout: Dropout
    private let structure: EmbeddingStructure

    init(_ structure: EmbeddingStructure) {
        func table(_ count: Int, paddingIndex: Int? = nil) -> Embedding {
            Embedding(count, structure.width, deviation: structure.initializerRange, paddingIndex: paddingIndex)
        }
        words = table(structure.vocabularySize, paddingIndex: structure.paddingID)
        positions =
            switch structure.positions {
            case .none: nil
            case .fromStart(let rows): table(rows)
            case .afterPadding(let rows): table(rows, paddingIndex: structure.paddingID)
            }
        segments = structure.segmentCount > 0 ? table(structure.segmentCount) : nil
        normalization = LayerNorm(structure.width, epsilon: structure.normalizationEpsilon)
        dropout = Dropout(structure.dropout)
        self.structure = structure
    }

    /// Segment ids matter where there are at least two segments.
    func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor) -> Tensor {
        let parts = [words(tokenIDs), segmentVectors(segmentIDs), positionVectors(tokenIDs)].compactMap { $0 }
        return dropout(normalization(parts.dropFirst().reduce(parts[0], +)))
    }

    private func segmentVectors(_ segmentIDs: Tensor) -> Tensor? {
        structure.segmentCount == 1 ? segments?.weight : segments?(segmentIDs)
    }

    private func positionVectors(_ tokenIDs: Tensor) -> Tensor? {
        switch structure.positions {
        case .none: nil
        case .fromStart: positions?.weight.narrow(0, start: 0, length: tokenIDs.size(1))
        case .afterPadding: positions?(rowsAfterPadding(tokenIDs))
        }
    }

    /// The number of tokens up to each, from the padding's number on: `[batch, length]`.
    private func rowsAfterPadding(_ tokenIDs: Tensor) -> Tensor {
        let padding = Double(structure.paddingID)
        let isToken = (.!(tokenIDs .== padding)).to(.int64)
        return (isToken.cumulativeSum(1) * isToken + padding).to(.int64)
    }
}
