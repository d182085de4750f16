import Corpus
import Extraction
import Foundation
import Prediction
import Testing

@Suite("A post with its entities marked")
struct MarkedPostTests {
    /// A prediction of what JSON says was found.
    private func prediction(
        _ content: Post.Content, _ entities: String, relations: String = "", task: ExtractionTask = .entities,
        threshold: Double? = nil
    ) throws -> Prediction {
        let json = """
            {"entities": [\(entities)], "relations": [\(relations)], "imageStatus": "none", "imageStatuses": [], "truncated": false, \
            "contextTruncated": false}
            """
        let extraction = try JSONDecoder().decode(Extractor.Extraction.self, from: Data(json.utf8))
        return Prediction(
            of: Post(id: "1", content: content), task: task, extraction: extraction, contexts: [.none],
            threshold: threshold)
    }

    private func found(_ start: Int, _ end: Int, _ type: String, _ score: Double, _ text: String = "") -> String {
        #"{"start": \#(start), "end": \#(end), "type": "\#(type)", "score": \#(score), "text": "\#(text)"}"#
    }

    private func lines(_ prediction: Prediction, isColoured: Bool = false) -> [String] {
        MarkedPost(prediction, types: ["LOC", "PER"]).lines(isColoured: isColoured)
    }

    @Test("Entities are marked in place, in any order, with type and score")
    func marks() throws {
        let text = Post.Content.text("Anna flew to Paris yesterday")
        let both = try prediction(text, [found(13, 18, "LOC", 0.934), found(0, 4, "PER", 1)].joined(separator: ","))
        #expect(lines(both) == ["[Anna](PER 1.00) flew to [Paris](LOC 0.93) yesterday"])
        #expect(try lines(prediction(text, "")) == ["Anna flew to Paris yesterday"])
        let tokens = try prediction(.tokens(["New", "York", "is", "big"]), found(0, 2, "LOC", 0.5))
        #expect(lines(tokens) == ["[New York](LOC 0.50) is big"])
        let last = try prediction(.tokens(["in", "Oslo"]), found(1, 2, "LOC", 0.5))
        #expect(lines(last) == ["in [Oslo](LOC 0.50)"])
    }

    @Test("Colours are those of the types, and end with the mark")
    func colours() throws {
        let text = Post.Content.text("Anna in Oslo")
        let both = try prediction(text, [found(0, 4, "PER", 0.9), found(8, 12, "LOC", 0.8)].joined(separator: ","))
        let (green, blue, plain) = ("\u{1B}[1;32m", "\u{1B}[1;34m", "\u{1B}[0m")
        #expect(
            lines(both, isColoured: true) == [
                "\(green)[Anna](PER 0.90)\(plain) in \(blue)[Oslo](LOC 0.80)\(plain)"
            ])
    }

    @Test("Marks stand between letters, however many scalars make one")
    func letters() throws {
        // Jose with a combining accent, whose last scalar is not in the entity; a family; a flag, cut in half.
        let jose = try prediction(.text("Jose\u{301} sings"), found(0, 4, "PER", 0.9))
        #expect(lines(jose) == ["[Jose\u{301}](PER 0.90) sings"])
        let family = try prediction(.text("👩‍👩‍👧 北京 ok"), found(6, 8, "LOC", 0.9))
        #expect(lines(family) == ["👩‍👩‍👧 [北京](LOC 0.90) ok"])
        let halves = [found(0, 1, "LOC", 0.9), found(1, 2, "LOC", 0.8)].joined(separator: ",")
        #expect(try lines(prediction(.text("🇫🇷!"), halves)) == ["[🇫🇷](LOC 0.90)[](LOC 0.80)!"])
    }

    @Test("What a text would tell the terminal is taken from it")
    func hostile() throws {
        let hostile = try prediction(.text("\u{1B}[31mAnna\u{7}\u{202E}x"), found(5, 9, #"PER\u001b"#, 0.9))
        #expect(lines(hostile) == [" [31m[Anna](PER  0.90)  x"])
    }

    @Test("Relations stand below, without a direction where the model tells none")
    func relations() throws {
        let text = Post.Content.text("Anna loves Oslo")
        let entities = [found(0, 4, "PER", 0.9, "Anna"), found(11, 15, "LOC", 0.4, "Oslo")].joined(separator: ",")
        let relation = #"{"head": 0, "tail": 1, "type": "visits", "score": 0.75}"#
        let joint = try prediction(text, entities, relations: relation, task: .joint)
        #expect(lines(joint) == ["[Anna](PER 0.90) loves [Oslo](LOC 0.40)", "Anna - Oslo: visits 0.75"])
        let given = try prediction(text, entities, relations: relation, task: .relations)
        #expect(lines(given)[1] == "Anna -> Oslo: visits 0.75")
        let kept = try prediction(text, entities, relations: relation, task: .joint, threshold: 0.5)
        #expect(lines(kept) == ["[Anna](PER 0.90) loves Oslo"])
        #expect(kept.belowThreshold == 1 && joint.belowThreshold == nil)
        #expect(kept.remarks == ["1 entities scored below the threshold and were left out"] && joint.remarks.isEmpty)
    }

    @Test("A threshold keeps what scores exactly that, and relations find their entities again")
    func threshold() throws {
        let entities = [found(0, 1, "A", 0.1), found(2, 3, "B", 0.5), found(4, 5, "C", 0.9)].joined(separator: ",")
        let relations =
            #"{"head": 1, "tail": 2, "type": "r", "score": 0.2}, {"head": 0, "tail": 2, "type": "s", "score": 1}"#
        let kept = try prediction(.text("a b c"), entities, relations: relations, task: .joint, threshold: 0.5)
        #expect(kept.extraction.entities.map(\.type) == ["B", "C"])
        #expect(kept.extraction.annotation.relations == [Relation(head: 0, tail: 1, type: "r")])
        let all = try prediction(.text("a b c"), entities, task: .joint, threshold: 0)
        #expect(all.belowThreshold == 0 && all.extraction.entities.count == 3)
        func json(_ prediction: Prediction) throws -> [String: Any]? {
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(prediction)) as? [String: Any]
        }
        #expect(try json(kept)?["belowThreshold"] as? Int == 1)
        #expect(try json(prediction(.text("a b c"), entities))?["belowThreshold"] == nil)
    }
}
