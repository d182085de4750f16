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

/// An embedding of any number of keys in a small table: each key is the sum of four rows that its hash names.
///
/// Two keys hardly ever share all four (Serrà and Karatzoglou, 2017; Miranda et al., 2022, "Multi hash embeddings in
/// spaCy").
final class HashEmbedding: Module {
    /// `[rows, width]`
    let weight: Tensor
    private let rows: Int
    private let seed: UInt32

    init(rows: Int, width: Int, seed: UInt32) {
        weight = Initialization.uniform([rows, width], bound: 0.1)
        self.rows = rows
        self.seed = seed
    }

    /// The vectors of some keys: `[keys, width]`.
    func callAsFunction(_ keys: [UInt64]) -> Tensor {
        let indices = keys.flatMap { MurmurHash.hash128($0, seed: seed) }.map { Int($0) % rows }
        return weight.embedding(Tensor(indices, shape: [keys.count, 4])).sum(1)
    }
}

/// The largest of several affine maps, normalised: `[…, inputs]` to `[…, outputs]` (Goodfellow et al., 2013).
final class Maxout: Module {
    /// All maps in one, piece after piece: weight `[pieces · outputs, inputs]`.
    let linear: Linear
    let norm: LayerNorm
    private let pieces: Int
    private let outputs: Int

    init(_ inputs: Int, _ outputs: Int, pieces: Int) {
        linear = Linear(inputs, pieces * outputs)
        norm = LayerNorm(outputs, epsilon: 1e-8)
        self.pieces = pieces
        self.outputs = outputs
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        let maps = linear(x)
        let piece = { maps.narrow(-1, start: $0 * self.outputs, length: self.outputs) }
        return norm((1..<pieces).reduce(piece(0)) { Tensor.maximum($0, piece($1)) })
    }
}
