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
}

extension Tensor {
    /// The mean of -log p over pairs that carry a label: `[pairs, labels]` of log probabilities, one label a pair.
    package func negativeLogLikelihood(_ labels: [Int]) -> Tensor {
        let chosen = gather(1, Tensor(labels, shape: [labels.count, 1]).to(device))
        return -chosen.sum() / Double(Swift.max(labels.count, 1))
    }
}
