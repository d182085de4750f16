import Corpus
import Testing

import enum Corpus.Tag

@Suite("Tag")
struct TagTests {
    @Test("is read as it is written", arguments: ["O", "B-PER", "I-PER", "B-creative-work", "I-人"])
    func roundTrip(text: String) throws {
        #expect(try #require(Tag(text)).description == text)
    }

    @Test("is nothing else", arguments: ["", "o", "B-", "I", "PER", "S-PER", "E-PER", "B_PER", " O", "O\r"])
    func malformed(text: String) {
        #expect(Tag(text) == nil)
    }

    @Test("may be inside only behind its own type")
    func legality() {
        #expect(!Tag.inside("PER").isLegal(after: nil))
        #expect(!Tag.inside("PER").isLegal(after: .outside))
        #expect(!Tag.inside("PER").isLegal(after: .begin("LOC")))
        #expect(Tag.inside("PER").isLegal(after: .begin("PER")))
        #expect(Tag.inside("PER").isLegal(after: .inside("PER")))
        #expect(Tag.begin("PER").isLegal(after: .inside("PER")))
        #expect(Tag.outside.isLegal(after: nil))
    }

    @Test("spells entities as conlleval reads them")
    func entities() {
        let tags = ["I-PER", "I-PER", "O", "B-LOC", "I-ORG", "I-ORG", "B-ORG", "B-ORG"].compactMap { Tag($0) }
        #expect(
            tags.entities() == [
                Entity(start: 0, end: 2, type: "PER"), Entity(start: 3, end: 4, type: "LOC"),
                Entity(start: 4, end: 6, type: "ORG"), Entity(start: 6, end: 7, type: "ORG"),
                Entity(start: 7, end: 8, type: "ORG"),
            ])
        #expect(tags.illegalPositions() == [0, 4])
    }
}
