import Corpus
import Evaluation
import Extraction

/// Annotated posts beside what a model found in them, and the scores of that.
public struct ScoredPosts: Sendable {
    public let task: ExtractionTask
    /// The gold annotation of each post.
    public let gold: [Annotation]
    /// The annotation found in each post, in the same offsets.
    public let found: [Annotation]
    public let scores: TaskScores

    /// - Parameter names: entity types that are read as others, on both sides, for example `["OTHER": "MISC"]`.
    public init(_ task: ExtractionTask, gold: [Annotation], found: [Annotation], renaming names: [String: String] = [:])
    {
        self.task = task
        self.gold = names.isEmpty ? gold : gold.map { $0.renaming(names) }
        self.found = names.isEmpty ? found : found.map { $0.renaming(names) }
        scores = TaskScores(task, gold: self.gold, predicted: self.found)
    }

    /// The scores of each post alone.
    public var ofEachPost: [TaskScores] { TaskScores.ofEachPost(task, gold: gold, predicted: found) }
}

extension Extractor {
    /// Extracts from annotated posts and scores what is found.
    /// - Parameter names: entity types that are read as others, in the posts and in what is found.
    /// - Throws: `TorchError`.
    public func evaluate(
        _ posts: [Post], renaming names: [String: String] = [:], batchSize: Int = 32
    ) throws -> (extractions: [Extraction], scored: ScoredPosts) {
        let extractions = try extract(posts, batchSize: batchSize)
        return (
            extractions,
            ScoredPosts(
                configuration.task, gold: posts.map(\.annotation), found: extractions.map(\.annotation), renaming: names
            )
        )
    }
}
