import Corpus
import Language

/// A post as numbers: `[CLS] text [SEP] context [SEP]` and what belongs to each word.
package struct EncodedPost: Sendable, Equatable {
    /// The pieces of text and contexts in the frame of the encoder.
    package var sequence: TokenSequence
    /// The places of each picture's context among the pieces of the second text, whose separators are no context's; empty for
    /// a picture without one.
    package var contexts: [Range<Int>]
    /// The windows in which the text is read; nil where it is read at once.
    package var windows: TextWindows?
    /// Text and contexts each in a frame of their own, for an alignment that encodes them apart.
    package var parts: Parts?
    /// The first piece of each word that fits the model.
    package var wordStarts: [Int]
    /// One part of speech a word, counted from 1; 0 is for none.
    package var partsOfSpeech: [Int]
    /// The given entities, and the pairs of them whose relation is asked for.
    package var query: RelationQuery
    /// The gold annotation, for training.
    package var target: Target?
    /// The number of words of the post that did not fit.
    package var droppedWords: Int
    /// Whether the end of the contexts did not fit.
    package var contextIsCut: Bool
    /// Why the model does not read the post; nil where it does.
    package var refusal: String?

    /// Text and context, each alone.
    package struct Parts: Sendable, Equatable {
        package var text: TokenSequence
        package var context: TokenSequence

        package init(text: TokenSequence, context: TokenSequence) { (self.text, self.context) = (text, context) }
    }

    /// The gold annotation of a post.
    package struct Target: Sendable, Equatable {
        /// The tag of each word, in the order of the labels; for the task of entities.
        package var tags: [Int]
        /// What ``tags`` may hide; nil where every type of the labels is annotated.
        package var allowedTags: AllowedTags?
        /// In word offsets.
        package var annotation: Annotation

        package init(tags: [Int] = [], allowedTags: AllowedTags? = nil, annotation: Annotation = Annotation()) {
            (self.tags, self.allowedTags, self.annotation) = (tags, allowedTags, annotation)
        }
    }

    /// - Parameter contexts: the places of contexts among the pieces of the second text; nil where that is one context.
    package init(
        sequence: TokenSequence, contexts: [Range<Int>]? = nil, windows: TextWindows? = nil, parts: Parts? = nil,
        wordStarts: [Int],
        partsOfSpeech: [Int], query: RelationQuery = RelationQuery(), target: Target? = nil, droppedWords: Int = 0,
        contextIsCut: Bool = false, refusal: String? = nil
    ) {
        (self.sequence, self.windows, self.parts) = (sequence, windows, parts)
        self.contexts = contexts ?? (sequence.pair.isEmpty ? [] : [0..<sequence.pair.count])
        (self.wordStarts, self.partsOfSpeech) = (wordStarts, partsOfSpeech)
        (self.query, self.target) = (query, target)
        (self.droppedWords, self.contextIsCut, self.refusal) = (droppedWords, contextIsCut, refusal)
    }

    /// The length that batches are made by.
    package var length: Int { sequence.ids.count }

    /// The places of each picture's context in a sequence whose second text begins at a place.
    func contexts(from start: Int) -> [Range<Int>] {
        contexts.map { (start + $0.lowerBound)..<(start + $0.upperBound) }
    }

    /// The pieces of the context of a picture.
    func contextPieces(of number: Int) -> [Int] {
        Array(sequence.ids[contexts(from: sequence.pair.lowerBound)[number]])
    }

    /// The number of rows that the encoder reads of it.
    package var rowCount: Int { windows?.windows.count ?? 1 }
}

/// The question about a post to a model of relations.
package struct RelationQuery: Sendable, Equatable {
    /// The given entities in word offsets; one that lost its words is empty, so that pairs keep their indices.
    package var entities: [Entity]
    /// Indices of ``entities``.
    package var pairs: [EntityPair]

    package init(entities: [Entity] = [], pairs: [EntityPair] = []) {
        (self.entities, self.pairs) = (entities, pairs)
    }

    /// Asks for the relations that an annotation names, whatever their type, or else for that of its only two entities.
    package init(_ annotation: Annotation) {
        self.init(entities: annotation.entities, pairs: annotation.pairs)
    }
}
