import Torch

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
