/// Rows of a frozen table that are trained.
package final class TrainedRows: Module {
    /// `[rows, width]`
    package let vectors: Tensor
    /// The numbers of the rows in the table.
    package let indices: [Int]

    /// Begins with the rows that a table has.
    init(_ indices: [Int], of table: Tensor) {
        let places = Tensor(indices, shape: [indices.count]).to(table.device)
        vectors = withoutGradients { table.indexSelect(0, places) }.requiringGradient()
        self.indices = indices
    }

    /// Vectors of a table, `[…, width]`, with those of trained rows in their places.
    /// - Parameter indices: the rows of the vectors, `[…]`.
    func replacing(_ vectors: Tensor, at indices: Tensor) -> Tensor {
        let trained = Tensor(self.indices, shape: [self.indices.count]).to(indices.device)
        let matches = (indices.unsqueezed(-1) .== trained).to(.float32)
        let isTrained = matches.max(-1, keepDimension: true) .> 0.5
        return Tensor.choose(isTrained, self.vectors.embedding(matches.argmax(-1)), vectors)
    }
}

extension Embedding {
    /// Freezes the table but for some rows, which are trained as a parameter of their own.
    package func trainOnly(rows indices: [Int]) {
        freeze()
        trained.content = TrainedRows(indices, of: weight)
    }

    /// Puts the trained rows into the table, which has no parameter of its own for them from then on.
    package func mergeRows() {
        guard let rows = trained.content else { return }
        trained.content = nil
        withoutGradients {
            for (row, index) in rows.indices.enumerated() {
                weight.select(0, index).copy(from: rows.vectors.select(0, row))
            }
        }
    }
}

extension Module {
    /// The trained rows of otherwise frozen tables.
    package func trainedRows() -> [NamedTensor] {
        modules(Embedding.self).compactMap { path, table in
            table.trained.content.map { ("\(path).trained.vectors", $0.vectors) }
        }
    }
}
