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
    /// The gold entities that no answer can equal, see ``PostWords/unfindable(_:)``; they count as missed.
    public let unfindable: Int
    /// All entities that the model found, those that a threshold left out too; none where they were given.
    public let confidences: [Confidence]

    /// - Parameters:
    ///   - names: entity types that are read as others, on both sides, for example `["OTHER": "MISC"]`.
    ///   - unfindable: the gold entities that no answer can equal.
    ///   - confidences: all entities that the model found.
    public init(
        _ task: ExtractionTask, gold: [Annotation], found: [Annotation], renaming names: [String: String] = [:],
        unfindable: Int = 0, confidences: [Confidence] = []
    ) {
        self.task = task
        self.confidences = confidences
        self.unfindable = unfindable
        self.gold = names.isEmpty ? gold : gold.map { $0.renaming(names) }
        self.found = names.isEmpty ? found : found.map { $0.renaming(names) }
        scores = TaskScores(task, gold: self.gold, predicted: self.found)
    }

    /// Says that gold cannot be found.
    package static func missed(_ unfindable: Int) -> String {
        "\(unfindable) gold entities do not begin and end with words and count as missed"
    }

    /// The scores of the posts of each dataset, where these join several.
    package func scores(of parts: [Dataset.Part], in split: Split) -> [String: TaskScores] {
        let scores = parts.compactMap { part in
            part.posts[split].map {
                (part.name, TaskScores(task, gold: Array(gold[$0]), predicted: Array(found[$0])))
            }
        }
        return Dictionary(uniqueKeysWithValues: scores)
    }

    /// The scores of each post alone.
    public var ofEachPost: [TaskScores] { TaskScores.ofEachPost(task, gold: gold, predicted: found) }
}

extension Extractor {
    /// Extracts from annotated posts and scores what is found.
    /// - Parameters:
    ///   - names: entity types that are read as others, in the posts and in what is found.
    ///   - threshold: the score below which an entity is left out.
    /// - Throws: `TorchError`.
    public func evaluate(
        _ posts: [Post], renaming names: [String: String] = [:], threshold: Double = 0, batchSize: Int = 32
    ) throws -> (extractions: [Extraction], scored: ScoredPosts) {
        let prepared = try prepare(posts)
        return scored(
            try answers(to: prepared, batchSize: batchSize), to: posts, prepared, renaming: names,
            threshold: threshold)
    }

    /// Scores answers in the offsets of the posts: the one way in which a split is scored, while training and after. Entities of types
    /// that are not annotated in a post do not count.
    package func scored(
        _ answers: [Answer], to posts: [Post], _ prepared: [PreparedPost], renaming names: [String: String] = [:],
        threshold: Double = 0
    ) -> (extractions: [Extraction], scored: ScoredPosts) {
        let task = configuration.task
        let all = posts.indices.map { index in
            Extraction(answers[index], of: posts[index], prepared: prepared[index], task: task)
        }
        let confidences = task.findsEntities ? zip(posts, all).flatMap { $1.confidences(in: $0, renaming: names) } : []
        let extractions = threshold > 0 ? all.map { $0.leavingOutEntities(below: threshold) } : all
        let unfindable = zip(posts, prepared).reduce(0) { $0 + $1.1.words.unfindable($1.0.entities) }
        return (
            extractions,
            ScoredPosts(
                task, gold: posts.map(\.annotation),
                found: zip(posts, extractions).map { task.counted($1.annotation, in: $0, renaming: names) },
                renaming: names,
                unfindable: task.findsEntities ? unfindable : 0, confidences: confidences)
        )
    }
}

extension ExtractionTask {
    /// What of an answer its post's annotation can tell right from wrong.
    /// - Parameter names: entity types that are read as others.
    package func counted(_ answer: Annotation, in post: Post, renaming names: [String: String] = [:]) -> Annotation {
        // The entities of other tasks are given, or all their types are annotated.
        guard usesTags, post.annotatedTypes != nil else { return answer }
        return Annotation(entities: answer.entities.filter { post.annotates($0.type, renaming: names) })
    }
}

extension Post {
    /// Whether its annotation covers a type, or one that is read as the same.
    fileprivate func annotates(_ type: String, renaming names: [String: String]) -> Bool {
        func name(_ type: String) -> String { names[type] ?? type }
        return annotatedTypes?.contains { name($0) == name(type) } ?? true
    }
}

extension Extractor.Extraction {
    /// The entities of annotated types with their scores, each beside whether the post's annotation has it.
    fileprivate func confidences(in post: Post, renaming names: [String: String]) -> [Confidence] {
        let gold = Set(post.annotation.renaming(names).entities)
        return zip(annotation.renaming(names).entities, entities).compactMap { entity, found in
            guard post.annotates(found.type, renaming: names) else { return nil }
            return Confidence(score: found.score, isCorrect: gold.contains(entity))
        }
    }
}
