import Torch

/// The network of spaCy's small taggers: hash embeddings of a word's attributes, mixed, then a stack of convolutions.
///
/// `spacy.MultiHashEmbed.v2`, `spacy.MaxoutWindowEncoder.v2` and `spacy.Tagger.v2` in one, for use only.
final class TaggerNetwork: Module {
    let embeddings: [HashEmbedding]
    let mix: Maxout
    let encoder: [Maxout]
    let output: Linear

    init(_ configuration: TaggerConfiguration) {
        let width = configuration.width
        let pieces = configuration.pieces
        embeddings = configuration.embeddings.map { HashEmbedding(rows: $0.rows, width: width, seed: $0.seed) }
        mix = Maxout(embeddings.count * width, width, pieces: pieces)
        encoder = (0..<configuration.depth).map { _ in Maxout(3 * width, width, pieces: pieces) }
        output = Linear(width, configuration.tags.count)
    }

    /// The vectors of words before they see their neighbours: `[words, width]`.
    /// - Parameter attributes: for each embedding, its attribute of every word.
    func wordVectors(_ attributes: [[UInt64]]) -> Tensor {
        mix(.concatenated(zip(embeddings, attributes).map { $0($1) }, -1))
    }

    /// The scores of the tags of all rows but the first and last `encoder.count`: `[rows, width]` to
    /// `[rows - 2 · depth, tags]`.
    ///
    /// Every layer looks at a row and its two neighbours, so that the rows at the ends serve as neighbours only.
    func scores(_ rows: Tensor) -> Tensor {
        output(
            encoder.reduce(rows) { rows, layer in
                let count = rows.size(0) - 2
                let window = (0..<3).map { rows.narrow(0, start: $0, length: count) }
                return window[1] + layer(.concatenated(window, -1))
            })
    }
}
