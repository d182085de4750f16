import Corpus
import Extraction

/// The posts of a dataset that a training takes.
struct TrainingPosts {
    let train: [Post]
    let valid: [Post]
    let labels: LabelSet

    /// - Throws: `CorpusError`, ``RunError`` where there is nothing to learn or to choose a model by, ``ConfigurationError`` for
    ///   datasets that the task cannot learn from together.
    init(_ dataset: Dataset, for task: ExtractionTask) throws {
        (train, valid) = (try dataset.posts(of: .train), try dataset.posts(of: .valid))
        guard !train.isEmpty else { throw RunError.emptySplit("train") }
        guard !valid.isEmpty else { throw RunError.emptySplit("valid") }
        labels = dataset.labels(of: .train)
        if let what = task.missingAnnotation(in: labels) {
            throw RunError.nothingToLearn(what: what, dataset: dataset.name, findings: dataset.findings.notes)
        }
        for part in dataset.parts {
            let posts = train[part.posts[.train] ?? 0..<0]
            guard !posts.isEmpty else { throw RunError.emptySplit("train of data set \(part.name)") }
            if let problem = task.problem(with: part, LabelSet(posts: posts), among: labels) {
                throw ConfigurationError.contradiction(problem)
            }
        }
    }
}

extension ExtractionTask {
    /// Why the task cannot learn from a dataset beside others; nil where it can. Only the tags of entities tell what is not
    /// annotated from what is not there.
    fileprivate func problem(with part: Dataset.Part, _ own: LabelSet, among labels: LabelSet) -> String? {
        let missing: [String]
        switch self {
        case .entities: return nil
        case .relations: missing = part.source.types == nil ? [] : labels.entityTypes.filter(part.lacks)
        case .joint:
            missing =
                labels.entityTypes.filter(part.lacks)
                + labels.relationTypes.filter { !own.relationTypes.contains($0) }
        }
        guard !missing.isEmpty else { return nil }
        return "data set \(part.name) does not annotate \(missing.joined(separator: ", ")), which other data sets do; "
            + "task: \(rawValue) needs all types annotated in all of them, and task: entities does not"
    }
}

extension Dataset.Part {
    fileprivate func lacks(_ type: String) -> Bool { !annotatedTypes.contains(type) }

    /// What is learnt from the dataset, in a line.
    func summary(among labels: LabelSet) -> String {
        let missing = labels.entityTypes.filter(lacks)
        return "\(name): \(posts[.train]?.count ?? 0) posts to learn from with weight \(source.weight), annotated with "
            + annotatedTypes.sorted().joined(separator: ", ")
            + (missing.isEmpty ? "" : "; where it has nothing, \(missing.joined(separator: ", ")) may be")
    }
}

extension Post {
    /// The same post without its contexts.
    var withoutContexts: Post {
        var post = self
        for index in pictures.indices.dropFirst() { post.pictures[index].context = nil }
        post.context = nil
        return post
    }
}
