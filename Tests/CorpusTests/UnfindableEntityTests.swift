import Corpus
import Foundation
import TestSupport
import Testing

/// Annotations that no model can find, or that contradict themselves.
@Suite("Unfindable entities")
struct UnfindableEntityTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ line: String) throws -> JSONLinesReader {
        try JSONLinesReader(try scratch.write(line, to: "posts.jsonl"))
    }

    private func entity(_ start: Int, _ end: Int) -> String { #"{"start": \#(start), "end": \#(end), "type": "X"}"# }

    @Test("loses the white space at their edges", arguments: [(3, 8), (4, 9), (3, 9), (4, 8)])
    func trimming(start: Int, end: Int) throws {
        let reader = try reader(#"{"text": "See Rome\#u{A0}now", "entities": [\#(entity(start, end))]}"#)
        #expect(try reader.posts()[0].entities == [Entity(start: 4, end: 8, type: "X")])
        #expect(reader.findings.count(of: .trimmedEntity) == ((start, end) == (4, 8) ? 0 : 1))
        #expect(reader.findings.counts.count <= 1)
    }

    @Test("loses blank tokens at their edges")
    func trimmedTokens() throws {
        let reader = try reader(#"{"tokens": ["", "a", " ", "b"], "entities": [\#(entity(0, 3)), \#(entity(2, 3))]}"#)
        #expect(try reader.posts()[0].entities.map(\.start) == [1, 2])
        #expect(reader.findings.counts == [.trimmedEntity: 1, .blankEntity: 1, .blankToken: 1])
    }

    @Test("are named where they are blank, or begin or end within one of the given words, with post and words")
    func names() throws {
        let line =
            #"{"id": "p", "text": "Sunny Paris2 京都駅 é!", "entities": ["#
            + [(5, 6), (0, 3), (8, 12), (6, 11), (13, 15), (6, 12), (0, 12)].map { entity($0.0, $0.1) }.joined(
                separator: ",") + "]}"
        let file = try scratch.write(line, to: "test.jsonl")
        #expect(try DatasetDoctor.examine(file).findings.counts.keys.contains(.splitWord) == false)
        let report = try DatasetDoctor.examine(file) { _ in [nil, 0..<5, 6..<12, 6..<12, nil, nil, nil] }
        #expect(report.isValid)
        #expect(report.findings.count(of: .blankEntity) == 1 && report.findings.count(of: .splitWord) == 3)
        #expect(
            report.findings.examples(of: .blankEntity)[0].detail.contains(
                #"entities[0] of post "p", " " (5..<6), is blank"#))
        let details = report.findings.examples(of: .splitWord).map(\.detail)
        #expect(details[0] == #"entities[1] of post "p", "Sun", cuts "Sunny"; move its offsets to whole words"#)
        #expect(details[1].contains(#""ris2", cuts "Paris2""#) && details[2].contains(#""Paris", cuts "Paris2""#))
        #expect(
            report.validation.contains("warning: 3 entities that begin or end within a word, which nobody can find"))
    }

    @Test("relations of an entity to itself, and of two types, are named")
    func relations() throws {
        let reader = try reader(
            #"{"text": "a b", "entities": [\#(entity(0, 1)), \#(entity(2, 3))], "relations": ["#
                + #"{"head": 0, "tail": 0, "type": "x"}, {"head": 0, "tail": 1, "type": "x"}, "#
                + #"{"head": 0, "tail": 1, "type": "y"}, {"head": 1, "tail": 0, "type": "y"}]}"#)
        #expect(try reader.posts()[0].relations.count == 4)
        #expect(reader.findings.counts == [.selfRelation: 1, .severalTypes: 1])
        #expect(
            reader.findings.examples(of: .severalTypes)[0].detail.contains(
                #"relations[2] of post "1" is "y", after "x""#))
    }

    @Test("relations without a type are refused", arguments: ["", " ", "\u{A0}"])
    func blankTypes(type: String) throws {
        let line =
            #"{"text": "a", "entities": [\#(entity(0, 1))], "relations": [{"head": 0, "tail": 0, "type": "\#(type)"}]}"#
        let error = #expect(throws: CorpusError.self) { try reader(line).posts() }
        #expect(error?.description.contains("field relations[0].type: the type is blank") == true)
    }
}
