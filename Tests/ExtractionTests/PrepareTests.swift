import Corpus
import Extraction
import Testing

@Suite struct PrepareTests {
    private func prepared(_ post: Post, maximumLength: Int = 128, overlong: Overlong = .windows) throws -> (
        post: PreparedPost, unfindable: Int, overlapping: Int
    ) {
        let extractor = try SampleModel.extractor(pictures: false, maximumLength: maximumLength) {
            $0.overlong = overlong
        }
        let (posts, unfindable, overlapping) = try extractor.prepareForTraining([post])
        return (try #require(posts.first), unfindable, overlapping)
    }

    private func tags(_ names: String...) -> [Int] {
        names.map { name in SampleModel.labels.tags.firstIndex { $0.description == name } ?? -1 }
    }

    @Test func entitiesOfTokensBecomeTags() throws {
        let post = Post(
            id: "1", content: .tokens(["Paris", "Hilton", "in", "Paris"]),
            entities: [Entity(start: 0, end: 2, type: "PER"), Entity(start: 3, end: 4, type: "LOC")])
        let (prepared, unfindable, _) = try prepared(post)
        #expect(prepared.encoded.target?.tags == tags("B-PER", "I-PER", "O", "B-LOC") && unfindable == 0)
        #expect(prepared.encoded.partsOfSpeech.count == 4 && prepared.encoded.partsOfSpeech.allSatisfy { $0 > 0 })
    }

    /// Offsets count Unicode scalars: the emoji is one character of seven.
    @Test func entitiesOfTextsBecomeTagsOfTheWordsTheyTouch() throws {
        let text = "👩‍👩‍👧‍👦 Paris Hilton!"
        let post = Post(id: "1", content: .text(text), entities: [Entity(start: 8, end: 20, type: "PER")])
        let (prepared, unfindable, _) = try prepared(post)
        let words = prepared.words
        #expect(words.words.suffix(3) == ["Paris", "Hilton", "!"] && unfindable == 0)
        #expect(prepared.encoded.target?.tags.suffix(3) == ArraySlice(tags("B-PER", "I-PER", "O")))
        let first = words.words.count - 3
        #expect(words.postEntity(Entity(start: first, end: first + 2, type: "PER")) == post.entities[0])
    }

    @Test func entitiesThatCutWordsAreCounted() throws {
        let post = Post(id: "1", content: .text("Parisian food"), entities: [Entity(start: 0, end: 5, type: "LOC")])
        let (prepared, unfindable, _) = try prepared(post)
        #expect(prepared.encoded.target?.tags == tags("B-LOC", "O") && unfindable == 1)
    }

    @Test func entitiesThatShareWordsWithOneBeforeThemHaveNoTags() throws {
        let nested = Post(
            id: "1", content: .tokens(["University", "of", "Paris"]),
            entities: [Entity(start: 0, end: 3, type: "ORG"), Entity(start: 2, end: 3, type: "LOC")])
        let tokens = try prepared(nested)
        #expect(tokens.post.encoded.target?.tags == tags("B-ORG", "I-ORG", "I-ORG") && tokens.overlapping == 1)
        let hashtag = Post(
            id: "1", content: .text("#ParisHilton"),
            entities: [Entity(start: 1, end: 6, type: "LOC"), Entity(start: 6, end: 12, type: "PER")])
        #expect(try prepared(hashtag).overlapping == 1)
    }

    @Test func entitiesThatShareWordsAreCountedForTheTableOfWordPairsToo() throws {
        let nested = Post(
            id: "1", content: .tokens(["University", "of", "Paris"]),
            entities: [Entity(start: 0, end: 3, type: "ORG"), Entity(start: 2, end: 3, type: "LOC")])
        let counts = try [ExtractionTask.joint, .relations].map { task in
            try SampleModel.extractor(task: task, pictures: false)
                .prepareForTraining([nested]).overlapping
        }
        #expect(counts == [1, 0])
    }

    @Test func tagsOfWordsThatDoNotFitAreDropped() throws {
        let words = [String](repeating: "Paris", count: 50)
        let post = Post(
            id: "1", content: .tokens(words),
            entities: (0..<50).map { Entity(start: $0, end: $0 + 1, type: "LOC") })
        let prepared = try prepared(post, maximumLength: 16, overlong: .truncate).post
        #expect(prepared.encoded.target?.tags.count == prepared.encoded.wordStarts.count)
        #expect(prepared.encoded.wordStarts.count == 14 && prepared.encoded.droppedWords == 36)
    }

    @Test func typesThatTheModelDoesNotKnowAreAnError() {
        let post = Post(id: "1", content: .tokens(["x"]), entities: [Entity(start: 0, end: 1, type: "DRAGON")])
        #expect(throws: LabelError.unknownType("DRAGON", known: SampleModel.labels.entityTypes)) { try prepared(post) }
    }

    @Test func textAndContextShareTheLength() throws {
        let post = Post(
            id: "1", content: .tokens(["a", "b", "c"]),
            context: [String](repeating: "d", count: 99).joined(separator: " "))
        let encoded = try prepared(post, maximumLength: 12).post.encoded
        #expect(encoded.length == 12 && encoded.sequence.text == 1..<4 && encoded.sequence.pair == 5..<11)
        #expect(encoded.wordStarts == [1, 2, 3] && encoded.droppedWords == 0)
        let ids = encoded.sequence.ids
        #expect(ids.first == 101 && ids[4] == 102 && ids.last == 102)
    }

    @Test(arguments: [(6, false), (7, true)])
    func contextsThatAreCutAreTold(pieces: Int, isCut: Bool) throws {
        let post = Post(
            id: "1", content: .tokens(["a", "b", "c"]),
            context: [String](repeating: "d", count: pieces).joined(separator: " "))
        let encoded = try prepared(post, maximumLength: 12).post.encoded
        #expect(encoded.sequence.pair.count == 6 && encoded.contextIsCut == isCut)
    }
}
