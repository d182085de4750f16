import Corpus
import Torch

/// The rows of a model's labels in a model with other types.
struct TypeRows {
    /// For each label the number that the other model has for it; nil for one that is new.
    let rows: [Int?]

    /// - Parameters:
    ///   - own: the model whose rows are to be filled.
    ///   - other: that which has them.
    init(_ own: ModelConfiguration, _ other: ModelConfiguration) {
        let (labels, known) = (own.labels, other.labels)
        rows =
            switch own.task {
            case .entities: labels.tags.map { known.index(of: $0) }
            case .relations: labels.relationTypes.map { known.relationTypes.firstIndex(of: $0) }
            case .joint:
                [0] + labels.entityTypes.map { known.entityTypes.firstIndex(of: $0).map { $0 + 1 } }
                    + labels.relationTypes.map { type in
                        known.relationTypes.firstIndex(of: type).map { $0 + 1 + known.entityTypes.count }
                    }
            }
    }

    private static let outputs = ["head.classifier.output.", "head.wordPairs.output.", "head.wordPairs.textOutput."]

    /// Whether a parameter has a row for each label.
    func isByType(_ path: String) -> Bool {
        path.hasPrefix("head.crf.") || Self.outputs.contains(where: path.hasPrefix)
    }

    /// A tensor `[labels]`, `[labels, width]` or `[labels, labels]` with the rows, and columns, of the other model's labels,
    /// and its own where a label is new.
    /// - Parameter isSquare: whether columns are labels too.
    func merged(_ old: Tensor, into fresh: Tensor, isSquare: Bool) -> Tensor {
        var values = fresh.floats()
        let known = old.floats()
        let width = fresh.shape.count > 1 ? fresh.shape[1] : 1
        let oldWidth = old.shape.count > 1 ? old.shape[1] : 1
        for (row, from) in rows.enumerated() {
            guard let from else { continue }
            for column in 0..<width {
                guard let source = isSquare ? rows[column] : column else { continue }
                values[row * width + column] = known[from * oldWidth + source]
            }
        }
        return Tensor(values, shape: fresh.shape)
    }
}
