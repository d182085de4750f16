import Corpus
import Foundation
import Training
import TrainingTestSupport

/// Posts of which no two are alike, so that each is a player of its own in the games of its batch.
enum DistinctPosts {
    static func posts(_ numbers: Range<Int>) -> [Post] {
        numbers.map { number in
            let isPerson = number.isMultiple(of: 2)
            return Post(
                id: "\(number)", content: .tokens([isPerson ? "Anna" : "Paris", "is", "here", "\(number)"]),
                context: "a photo of \(number)", entities: [Entity(start: 0, end: 1, type: isPerson ? "PER" : "LOC")])
        }
    }

    /// 24 posts to learn from and 8 to choose a model by.
    static func dataset(in folder: URL) -> Dataset {
        Dataset(name: "distinct", folder: folder, splits: [.train: posts(0..<24), .valid: posts(30..<38)])
    }
}

extension TinyRun {
    /// A run on other posts than those of the tiny corpus.
    func session(_ folder: String, on dataset: Dataset, resuming: Bool = false) throws -> TrainingSession {
        try TrainingSession(
            configuration, dataset: dataset, contexts: nil, output: scratch[folder], device: .cpu,
            resuming: resuming, card: TinyRun.card)
    }
}
