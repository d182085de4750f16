import Torch

/// The pairs of words of a batch that are scored, packed to the true lengths of its posts.
package struct WordPairs {
    /// The words of all posts, as rows of the padded `[batch * words]`.
    private var words: [Int] = []
    /// The place of each word in its post.
    private(set) var positions: [Int] = []
    private var rows: [Int] = []
    private var columns: [Int] = []
    /// The word in `words` with which each post begins.
    private var starts: [Int] = []
    private let partsOfSpeech: Tensor

    /// No pairs yet.
    init(_ batch: Batch) {
        partsOfSpeech = batch.partsOfSpeech
        let width = batch.partsOfSpeech.size(1)
        for (post, count) in batch.wordCounts.enumerated() {
            starts.append(words.count)
            words += (0..<count).map { post * width + $0 }
            positions += 0..<count
        }
    }

    /// The pairs (i, j), i <= j, of every post, row by row.
    package init(triangles batch: Batch) {
        self.init(batch)
        for (post, words) in batch.wordCounts.enumerated() {
            for row in 0..<words {
                for column in row..<words { add(post: post, row: row, column: column) }
            }
        }
    }

    /// The number of pairs so far.
    var count: Int { rows.count }

    /// Adds word `row` and word `column` of a post.
    mutating func add(post: Int, row: Int, column: Int) {
        rows.append(starts[post] + row)
        columns.append(starts[post] + column)
    }

    /// The log probabilities of the pairs' labels, `[pairs, labels]`.
    package func logProbabilities(_ fused: Tensor, _ layer: WordPairLayer) -> Tensor {
        func index(_ values: [Int]) -> Tensor { Tensor(values, shape: [values.count]).to(fused.device) }
        let here = index(words)
        return layer(
            fused.reshaped([-1, fused.size(-1)]).indexSelect(0, here),
            partsOfSpeech: partsOfSpeech.reshaped([-1]).indexSelect(0, here), positions: positions,
            pairs: (index(rows), index(columns)))
    }

    /// The log probabilities by several paths to the fused words together, their product made a distribution again.
    func logProbabilities(_ paths: [Tensor], _ layer: WordPairLayer) -> Tensor {
        guard paths.count > 1 else { return logProbabilities(paths[0], layer) }
        return Tensor.mean(of: paths.map { logProbabilities($0, layer) }).logSoftmax(-1)
    }
}

extension Tensor {
    /// The mean of tensors of one shape.
    static func mean(of tensors: [Tensor]) -> Tensor {
        tensors.dropFirst().reduce(tensors[0], +) / Double(tensors.count)
    }
}

extension Tensor {
    /// -log p of pairs that carry a label (Eq. 18): `[pairs, labels]` of log probabilities, one label a pair.
    /// - Parameters:
    ///   - reduction: the mean over all pairs, or the sum over those of a post and the mean over posts.
    ///   - posts: the number of posts that the pairs are of.
    package func negativeLogLikelihood(
        _ labels: [Int], reduction: WordPairOptions.Reduction = .mean, posts: Int = 1
    ) -> Tensor {
        let chosen = gather(1, Tensor(labels, shape: [labels.count, 1]).to(device))
        let count =
            switch reduction {
            case .mean: labels.count
            case .sum: posts
            }
        return -chosen.sum() / Double(Swift.max(count, 1))
    }
}
