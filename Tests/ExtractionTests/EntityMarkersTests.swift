import Corpus
import Extraction
import Language
import TestSupport
import Testing

@Suite struct EntityMarkersTests {
    private let tokenizer: WordPieceTokenizer
    private let tagger: PartOfSpeechTagger

    init() throws {
        tokenizer = try WordPieceTokenizer(folder: ModelCache.miniLM)
        tagger = try PartOfSpeechTagger(folder: ModelCache.tagger)
    }

    private func encoded(_ post: Post, marksEntities: Bool = true, maximumLength: Int = 64) throws -> EncodedPost {
        let configuration = try configuration(marksEntities: marksEntities, maximumLength: maximumLength)
        return try PostEncoder(configuration, tokenizer: tokenizer, tagger: tagger).encode([post])[0].post
    }

    private func configuration(marksEntities: Bool = true, maximumLength: Int = 64) throws -> ModelConfiguration {
        var configuration = ModelConfiguration(
            textEncoderName: "minilm-l6-v2", textEncoder: try TextEncoderConfiguration(folder: ModelCache.miniLM),
            imageEncoder: nil, usesContext: true, alignment: AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1,
            maximumLength: maximumLength, labels: SampleModel.labels, partsOfSpeech: tagger.tags)
        configuration.task = .relations
        configuration.mre.markers = marksEntities
        configuration.overlong = .truncate
        return configuration
    }

    private func tokens(_ post: EncodedPost) -> [String] { post.sequence.ids.map { tokenizer.vocabulary.tokens[$0] } }

    private func post(_ relations: [(head: Int, tail: Int)]) -> Post {
        Post(
            id: "1", content: .tokens(["Messi", "joins", "Inter", "Miami"]), context: "a man",
            entities: [Entity(start: 0, end: 1, type: "per"), Entity(start: 2, end: 4, type: "org")],
            relations: relations.map { Relation(head: $0.head, tail: $0.tail, type: "member_of") })
    }

    @Test func headsAndTailsStandBetweenTheirMarkers() throws {
        let encoded = try encoded(post([(head: 1, tail: 0)]))
        #expect(
            tokens(encoded) == [
                "[CLS]", "[unused3]", "mess", "##i", "[unused4]", "joins", "[unused1]", "inter", "miami", "[unused2]",
                "[SEP]",
                "a", "man", "[SEP]",
            ])
        #expect(encoded.wordStarts.map { tokens(encoded)[$0] } == ["mess", "joins", "inter", "miami"])
        #expect(encoded.sequence.text == 1..<10 && encoded.sequence.pair == 11..<13)
    }

    @Test func anEntityInBothRolesHasBothMarkers() throws {
        let encoded = try encoded(post([(head: 0, tail: 1), (head: 1, tail: 0)]))
        #expect(
            tokens(encoded).prefix(8) == [
                "[CLS]", "[unused1]", "[unused3]", "mess", "##i", "[unused2]", "[unused4]", "joins",
            ])
        #expect(encoded.wordStarts.map { tokens(encoded)[$0] } == ["mess", "joins", "inter", "miami"])
    }

    @Test func theOnlyTwoEntitiesAreAskedForInTheirOrder() throws {
        #expect(try encoded(post([])) == encoded(post([(head: 0, tail: 1)])))
    }

    @Test func wordsThatDoNotFitTakeTheirMarkersAlong() throws {
        let encoded = try encoded(post([(head: 1, tail: 0)]), maximumLength: 8)
        #expect(tokens(encoded) == ["[CLS]", "[unused3]", "mess", "##i", "[unused4]", "joins", "[SEP]"])
        #expect(encoded.droppedWords == 2)
    }

    @Test func withoutTheOptionNothingIsMarked() throws {
        let encoded = try encoded(post([(head: 1, tail: 0)]), marksEntities: false)
        #expect(!tokens(encoded).contains { $0.hasPrefix("[unused") })
    }

    @Test func aVocabularyWithoutMarkersIsNamed() throws {
        let vocabulary = WordPieceVocabulary(tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"])
        let tokenizer = try WordPieceTokenizer(vocabulary: vocabulary, options: .uncased)
        #expect(throws: TokenizerError.missingToken("[unused1]", path: "the vocabulary")) {
            try PostEncoder(configuration(), tokenizer: tokenizer, tagger: tagger)
        }
    }
}
