import Shapley
import Torch

/// The similarity of the two sides of a batch: the means of the cosines that are aligned.
package struct AlignmentCosines: Sendable, Codable, Equatable {
    /// Of the pairs that belong together.
    package var own: Double
    /// Of all others. Where it is near `own`, the model does not distinguish the sides, whatever the loss says.
    package var others: Double

    /// - Parameter similarities: `[items, items]` with own pairs on the diagonal; at least two items.
    init(_ similarities: GameMatrix) {
        let count = similarities.games
        let trace = (0..<count).reduce(0) { $0 + similarities[$1, $1] }
        own = trace / Double(count)
        others = (similarities.elements.reduce(0, +) - trace) / Double(count * (count - 1))
    }
}

/// One contrastive loss.
package struct AlignmentTerm {
    /// A scalar of the gradient graph.
    package let loss: Tensor
    package let cosines: AlignmentCosines
}

/// The alignment's share of the training loss (Eq. 6, 7 and 19).
package struct AlignmentTerms {
    /// Between text and context; nil where fewer than two items have both.
    package var semantic: AlignmentTerm?
    /// Between picture and context, or picture and text when aligned directly.
    package var modality: AlignmentTerm?

    /// Nothing is aligned.
    init() {}

    init(_ vectors: AlignmentVectors, alignment: ContrastiveAlignment, seed: UInt64) throws {
        func align(_ a: Tensor?, _ b: Tensor?, _ items: [Int], seed: UInt64) throws -> AlignmentTerm? {
            guard let a, let b, items.count > 1 else { return nil }
            guard items.count < a.size(0) else { return try alignment(a, b, seed: seed) }
            let index = Tensor(items, shape: [items.count]).to(a.device)
            return try alignment(a.indexSelect(0, index), b.indexSelect(0, index), seed: seed)
        }
        switch alignment.options.via {
        case .context:
            let both = Set(vectors.withContext)
            semantic = try align(vectors.text, vectors.context, vectors.withContext, seed: seed &* 2)
            modality = try align(
                vectors.picture, vectors.context, vectors.withPicture.filter(both.contains), seed: seed &* 2 &+ 1)
        case .direct:
            modality = try align(vectors.picture, vectors.text, vectors.withPicture, seed: seed)
        }
    }

    /// alpha times the semantic plus beta times the modality loss; the direct alignment takes both weights.
    func weighted(_ options: AlignmentOptions) -> Tensor? {
        let modalityWeight = options.via == .direct ? options.alpha + options.beta : options.beta
        let terms = [(semantic, options.alpha), (modality, modalityWeight)].compactMap { term, weight in
            term.map { $0.loss * weight }
        }
        return terms.first.map { first in terms.dropFirst().reduce(first, +) }
    }
}
