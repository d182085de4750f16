import Corpus
import Foundation
import Testing

@Suite("LabelSet")
struct LabelSetTests {
    private let labels = LabelSet(entityTypes: ["PER", "LOC"])

    @Test("numbers O, then B and I of each type")
    func order() {
        #expect(labels.tags.map(\.description) == ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
        #expect(labels.tags.indices.allSatisfy { labels.index(of: labels.tags[$0]) == $0 })
        #expect(labels.index(of: .begin("ORG")) == nil)
    }

    @Test("allows an inside tag only behind its own type")
    func transitions() {
        #expect(labels.legalStarts == [true, true, false, true, false])
        let allowed = labels.legalTransitions.map { row in row.map { $0 ? 1 : 0 } }
        #expect(
            allowed == [[1, 1, 0, 1, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 0], [1, 1, 0, 1, 1], [1, 1, 0, 1, 1]])
    }

    @Test("brings entities to tags and back")
    func roundTrip() throws {
        let entities = [
            Entity(start: 0, end: 1, type: "LOC"), Entity(start: 1, end: 4, type: "LOC"),
            Entity(start: 5, end: 7, type: "PER"),
        ]
        let indices = try labels.tagIndices(for: entities, count: 7)
        #expect(indices == [3, 3, 4, 4, 0, 1, 2])
        #expect(labels.entities(fromTagIndices: indices) == entities)
        #expect(try labels.tagIndices(for: [], count: 0) == [])
    }

    @Test("refuses what tags cannot say")
    func refusals() {
        let person = Entity(start: 0, end: 2, type: "PER")
        #expect(throws: LabelError.unknownType("ORG", known: ["PER", "LOC"])) {
            try labels.tagIndices(for: [Entity(start: 0, end: 1, type: "ORG")], count: 2)
        }
        #expect(throws: LabelError.outOfRange(person, count: 1)) { try labels.tagIndices(for: [person], count: 1) }
        #expect(throws: LabelError.overlap(person)) {
            try labels.tagIndices(for: [Entity(start: 1, end: 2, type: "LOC"), person], count: 2)
        }
        let reversed = Entity(start: 2, end: 1, type: "PER")
        #expect(throws: LabelError.outOfRange(reversed, count: 3)) { try labels.tagIndices(for: [reversed], count: 3) }
    }

    @Test("takes the types of posts in alphabetical order, each once")
    func ofPosts() {
        let posts = ["PER", "LOC", "PER"].map {
            Post(id: "1", content: .tokens(["a"]), entities: [Entity(start: 0, end: 1, type: $0)])
        }
        #expect(LabelSet(posts: posts).entityTypes == ["LOC", "PER"])
        #expect(LabelSet(entityTypes: ["A", "A"]).tags.count == 3)
    }

    @Test("names relation types beside them, an absent relation among them")
    func relationTypes() throws {
        let posts = ["of", "None", "in", "of"].map {
            Post(id: "1", content: .tokens([]), relations: [Relation(head: 0, tail: 0, type: $0)])
        }
        let labels = LabelSet(posts: posts)
        #expect(labels.relationTypes == ["None", "in", "of"] && labels.entityTypes.isEmpty)
        #expect(LabelSet(entityTypes: [], relationTypes: ["b", "a", "b"]).relationTypes == ["b", "a"])
        #expect(labels != LabelSet(posts: []))
        let data = try JSONEncoder().encode(labels)
        #expect(try JSONDecoder().decode(LabelSet.self, from: data) == labels)
        let withoutRelations = Data(#"{"entityTypes": ["PER"]}"#.utf8)
        #expect(try JSONDecoder().decode(LabelSet.self, from: withoutRelations).relationTypes.isEmpty)
    }

    @Test("survives JSON as its list of types")
    func json() throws {
        let data = try JSONEncoder().encode(labels)
        #expect(String(decoding: data, as: UTF8.self) == #"{"entityTypes":["PER","LOC"]}"#)
        #expect(try JSONDecoder().decode(LabelSet.self, from: data) == labels)
    }
}
