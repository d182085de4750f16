import Corpus
import Support

extension Extractor {
    /// One entity found in a post.
    public struct Found: Sendable, Codable, Equatable {
        /// Offsets of the post: tokens, or Unicode scalars of a raw text; end exclusive.
        public let start: Int
        public let end: Int
        /// The words that it spans.
        public let text: String
        public let type: String
        /// The model's probability for it, see ``ScoredEntity``; 1 for an entity that the post gave.
        public let score: Double
    }

    /// One relation found in a post.
    public struct FoundRelation: Sendable, Codable, Equatable {
        /// The subject and the object among the entities of the extraction. A joint model does not distinguish them:
        /// its head is the one that comes first.
        public let head: Int
        public let tail: Int
        public let type: String
        /// The model's probability for it, see ``ScoredRelation``.
        public let score: Double
    }

    /// The entities and relations found in a post.
    public struct Extraction: Sendable, Codable, Equatable {
        public let entities: [Found]
        public let relations: [FoundRelation]
        /// The outcome of the post's pictures: `used` where any was, else that of the first which is there.
        public let imageStatus: PictureStatus
        /// The outcome of each picture of the post; `none` alone for a post without one.
        public let imageStatuses: [PictureStatus]
        /// Whether words at the end did not fit the model and were not looked at.
        public let truncated: Bool
        /// Whether the end of the contexts did not fit beside the text and was not looked at.
        public let contextTruncated: Bool
        /// Why the model did not read the post; nil where it did.
        public let error: String?

        /// The number of pictures beyond those that the model reads of a post.
        public var imagesOmitted: Int { imageStatuses.count { $0 == .omitted } }

        /// The annotation without scores, in the offsets of the post.
        public var annotation: Annotation {
            Annotation(
                entities: entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) },
                relations: relations.map { Relation(head: $0.head, tail: $0.tail, type: $0.type) })
        }
    }
}

extension Extractor.Extraction {
    /// An answer in the offsets of its post; entities that the post gave come back as they were.
    package init(_ answer: Extractor.Answer, of post: Post, prepared: PreparedPost, task: ExtractionTask) {
        let found = answer.annotation.entities
        let spans = task.findsEntities ? found.map { prepared.words.postEntity($0.entity) } : post.entities
        entities = zip(found, spans).map { scored, entity in
            Extractor.Found(
                start: entity.start, end: entity.end, text: post.surface(of: entity) ?? "", type: entity.type,
                score: scored.score)
        }
        relations = answer.annotation.relations.map { scored in
            Extractor.FoundRelation(
                head: scored.relation.head, tail: scored.relation.tail, type: scored.relation.type,
                score: scored.score)
        }
        let statuses = answer.pictures.map(\.status) + Array(repeating: .omitted, count: prepared.omittedPictures)
        imageStatuses = statuses.isEmpty ? [.none] : statuses
        imageStatus = imageStatuses.summary
        truncated = prepared.encoded.droppedWords > 0
        contextTruncated = prepared.encoded.contextIsCut
        error = answer.refusal
    }
}

extension Extractor.Extraction {
    /// The extraction without the entities that score below a threshold, and without the relations of these.
    public func leavingOutEntities(below threshold: Double) -> Extractor.Extraction {
        let kept = entities.indices.filter { entities[$0].score >= threshold }
        let places = Dictionary(uniqueKeysWithValues: zip(kept, kept.indices))
        return Extractor.Extraction(
            entities: kept.map { entities[$0] },
            relations: relations.compactMap { relation in
                guard let head = places[relation.head], let tail = places[relation.tail] else { return nil }
                return Extractor.FoundRelation(head: head, tail: tail, type: relation.type, score: relation.score)
            },
            imageStatus: imageStatus, imageStatuses: imageStatuses, truncated: truncated,
            contextTruncated: contextTruncated, error: error)
    }
}

/// Why posts cannot be learnt from.
public enum ExtractionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The model does not read a post.
    case refused(post: String, reason: String)

    public var description: String {
        switch self {
        case .refused(let post, let reason): "post \(post.shortened): \(reason)"
        }
    }
}
