import Extraction
import Torch

extension ShapCA {
    /// The scores of every tag for every word, `[batch, words, tags]`, of a model of entities.
    func tagEmissions(_ batch: Batch) throws -> Tensor {
        let fused = try fusedWords(batch)
        return try withTorchErrors { (head as! EntityTagger).emissions(fused, batch) }
    }
}
