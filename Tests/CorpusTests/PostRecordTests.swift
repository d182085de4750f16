import Corpus
import Foundation
import TestSupport
import Testing

/// Records of annotation tools and collections of datasets.
@Suite("PostRecord")
struct PostRecordTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ text: String) throws -> JSONLinesReader {
        try JSONLinesReader(try scratch.write(text, to: "posts.jsonl"))
    }

    @Test(
        "keeps the digits of a number as id",
        arguments: [
            ("7", "7"), ("-1", "-1"), ("0", "0"), ("9007199254740993", "9007199254740993"),
            ("1597284982374891521", "1597284982374891521"), ("18446744073709551615", "18446744073709551615"),
            (#""007""#, "007"), ("null", "1"), (#""""#, "1"),
        ])
    func numericIDs(id: String, expected: String) throws {
        #expect(try reader(#"{"id": \#(id), "text": "a"}"#).posts().map(\.id) == [expected])
        guard id != "null", id != #""""# else { return }
        let post = try JSONDecoder().decode(Post.self, from: Data(#"{"id": \#(id), "text": "a"}"#.utf8))
        #expect(post.id == expected)
    }

    @Test("refuses a number as id that is not whole or too large", arguments: ["0.5", "1e30", "18446744073709551616"])
    func badIDs(id: String) throws {
        let error = #expect(throws: CorpusError.self) { try reader(#"{"id": \#(id), "text": "a"}"#).posts() }
        #expect(error?.description.contains("field id: expected a string, or a whole number below 2^64") == true)
    }

    private let entities = [Entity(start: 0, end: 2, type: "PER"), Entity(start: 3, end: 4, type: "LOC")]

    @Test(
        "reads a tag for each token",
        arguments: [
            #""ner_tags": ["B-PER", "I-PER", "O", "B-LOC"]"#, #""tags": ["B-PER", "I-PER", "O", "B-LOC"]"#,
            #""labels": ["B-PER", "I-PER", "O", "B-LOC"], "text": "a b c d""#,
            #""ner_tags": [1, 2, 0, 3], "label_list": ["O", "B-PER", "I-PER", "B-LOC"]"#,
            #""ner_tags": [1, 2, 0, 3], "features": ["O", "B-PER", "I-PER", "B-LOC"]"#,
            #""tags": [1, 2, 0, 3], "features": {"tags": {"feature": {"names": ["O", "B-PER", "I-PER", "B-LOC"]}}}"#,
            #""ner_tags": ["B-PER", "I-PER", "O", "B-LOC"], "entities": []"#,
        ])
    func tagColumns(fields: String) throws {
        let reader = try reader(#"{"tokens": ["a", "b", "c", "d"], \#(fields)}"#)
        let post = try #require(try reader.posts().first)
        #expect(post.content == .tokens(["a", "b", "c", "d"]) && post.entities == entities)
        #expect(reader.findings.counts == [.readAnnotation: 1])
    }

    @Test("keeps the names of numbered tags for the lines behind them, and counts illegal tags")
    func tagNames() throws {
        let reader = try reader(
            """
            {"label_list": ["O", "B-PER", "I-PER"]}
            {"tokens": ["a", "b"], "ner_tags": [1, 2]}
            {"tokens": ["a", "b"], "ner_tags": [0, 2]}
            {"tokens": [], "ner_tags": []}
            """)
        let posts = try reader.posts()
        #expect(posts.map(\.id) == ["2", "3", "4"])
        #expect(posts.map { $0.entities.map(\.start) } == [[0], [1], []])
        #expect(reader.findings.counts == [.readAnnotation: 2, .illegalTag: 1, .emptyPost: 1, .unknownField: 1])
    }

    @Test(
        "reads the spans of annotation tools, which count characters",
        arguments: [
            #""label": [[0, 2, "PER"], [3, 4, "LOC"]]"#, #""labels": [[0, 2, "PER"], [3, 4, "LOC"]]"#,
            #""entities": [[0, 2, "PER"], [3, 4, "LOC"]]"#,
            #""entities": [{"id": 1, "start_offset": 0, "end_offset": 2, "label": "PER"}, "#
                + #"{"id": 2, "start_offset": 3, "end_offset": 4, "label": "LOC"}], "relations": []"#,
            #""spans": [{"start": 0, "end": 2, "label": "PER", "token_start": 0}, {"start": 3, "end": 4, "label": "LOC"}]"#,
            #""label": [{"start": 0, "end": 2, "text": "ab", "labels": ["PER"]}, {"start": 3, "end": 4, "labels": ["LOC"]}]"#,
            #""tokens": ["ab", "c"], "spans": [{"start": 0, "end": 2, "label": "PER"}, {"start": 3, "end": 4, "label": "LOC"}]"#,
            #""tokens": [{"text": "ab", "start": 0, "end": 2, "id": 0}, {"text": "c", "start": 3, "end": 4, "id": 1}], "#
                + #""spans": [{"start": 0, "end": 2, "label": "PER"}, {"start": 3, "end": 4, "label": "LOC"}]"#,
        ])
    func spans(fields: String) throws {
        let reader = try reader(#"{"text": "ab c", \#(fields)}"#)
        let post = try #require(try reader.posts().first)
        #expect(post.content == .text("ab c") && post.entities == entities)
        #expect(reader.findings.counts == [.readAnnotation: 1])
    }

    @Test("reads doccano's relations by the ids of their entities")
    func relations() throws {
        let entities =
            #"[{"id": 21, "start_offset": 0, "end_offset": 2, "label": "PER"}, "#
            + #"{"id": 20, "start_offset": 3, "end_offset": 4, "label": "LOC"}]"#
        let line =
            #"{"text": "ab c", "entities": \#(entities), "relations": [{"id": 1, "from_id": 20, "to_id": 21, "type": "of"}]}"#
        #expect(try reader(line).posts()[0].relations == [Relation(head: 1, tail: 0, type: "of")])
        let bad = line.replacingOccurrences(of: "\"from_id\": 20", with: "\"from_id\": 3")
        let error = #expect(throws: CorpusError.self) { try reader(bad).posts() }
        #expect(error?.description.contains("field relations: [0] names an entity by an id that none has") == true)
    }

    @Test("takes tokens where a text stands beside them without annotation, and native entities of either")
    func beside() throws {
        let reader = try reader(
            """
            {"text": "ab c", "tokens": ["ab", "c"]}
            {"text": "ab c", "spans": [], "label": "positive", "tags": ["news"]}
            {"tokens": ["ab", "c"], "spans": [{"start": 1, "end": 2, "label": "LOC"}]}
            """)
        let posts = try reader.posts()
        #expect(posts.map(\.content) == [.tokens(["ab", "c"]), .text("ab c"), .tokens(["ab", "c"])])
        #expect(posts[2].entities == [Entity(start: 1, end: 2, type: "LOC")])
        #expect(reader.findings.counts == [.readAnnotation: 1, .unknownField: 3])
    }

    @Test(
        "says which field is wrong",
        arguments: [
            (#""ner_tags": ["O"]"#, "field ner_tags: 1 tags for 2 tokens; give one a token"),
            (#""ner_tags": ["O", "S-PER"]"#, "field ner_tags[1]: tag \"S-PER\" is not O"),
            (#""ner_tags": [0, 1]"#, "field ner_tags: numbers without names; write the tags as strings"),
            (#""ner_tags": [0, 2], "label_list": ["O", "B-X"]"#, "field ner_tags[1]: 2 is none of the 2 names"),
            (#""ner_tags": [-1, 0], "label_list": ["O", "B-X"]"#, "field ner_tags[0]: -1 is none of the 2 names"),
            (
                #""ner_tags": ["O", "O"], "entities": [{"start": 0, "end": 1, "type": "X"}]"#,
                "field ner_tags: is given beside entities; keep one of the two"
            ),
            (
                #""label": [[0, 1, "X"]], "spans": [{"start": 0, "end": 1, "label": "X"}]"#,
                "field label: is given beside"
            ),
            (#""label": [[0, 3, "X"]]"#, "field label: [0] is from 0 to 3, which does not fit 2 tokens"),
            (#""label": [[0, 1]]"#, "field label[0]: expected [start, end, \"TYPE\"]"),
            (#""spans": [{"start": 0, "end": 1}]"#, "field spans[0].type: missing"),
            (#""label": [{"start": 0, "end": 1, "labels": ["A", "B"]}]"#, "field label[0].labels: 2 types; give one"),
            (
                #""entities": [{"start_offset": 0, "end_offset": 1, "label": "X"}]"#,
                "field entities: counts characters; give the \"text\""
            ),
            (
                #""entities": [{"start": 1e30, "end": 1, "type": "X"}]"#,
                "field entities[0].start: the number is not whole"
            ),
            (
                #""entities": [{"start": 0.5, "end": 1, "type": "X"}]"#,
                "field entities[0].start: the number is not whole"
            ),
            (#""entities": [{"start": 0, "end": 1, "type": " "}]"#, "field entities[0].type: the type is blank"),
        ])
    func malformed(fields: String, problem: String) throws {
        let error = #expect(throws: CorpusError.self) { try reader(#"{"tokens": ["a", "b"], \#(fields)}"#).posts() }
        #expect(error?.description.contains("posts.jsonl:1: \(problem)") == true, "\(error?.description ?? "")")
    }

    @Test("finds an error where no post has an entity and an unknown field looks like annotations")
    func unreadAnnotations() throws {
        let lines = #"{"text": "a", "hashtags": ["b"]}"# + "\n" + #"{"text": "a", "ner": [[0, 0, "PER"]]}"# + "\n"
        let file = try scratch.write(lines, to: "test.jsonl")
        let report = try DatasetDoctor.examine(file)
        #expect(
            !report.isValid && report.findings.counts == [.unknownField: 2, .unreadAnnotation: 1, .repeatedPost: 1])
        #expect(
            report.validation.contains("test.jsonl:2: no post has an entity, but field \"ner\" looks like annotations"))
        for other in [
            #"{"text": "a", "hashtags": ["b"], "label": "positive", "tags": [], "entity_count": 3}"#,
            lines + #"{"text": "a", "entities": [{"start": 0, "end": 1, "type": "X"}]}"#,
        ] {
            #expect(try DatasetDoctor.examine(try scratch.write(other, to: "test.jsonl")).isValid)
        }
    }

    @Test("reads an array of records too")
    func arrays() throws {
        let array = #"[{"text": "ab c", "label": [[0, 2, "PER"]]}, {"id": 5, "text": "d", "label": []}, {"text": 3}]"#
        let results = Array(try EEGAReader(try scratch.write(array, to: "posts.json")))
        #expect(try results.prefix(2).map { try $0.get().id } == ["post-0", "5"])
        #expect(try results[0].get().entities == [Entity(start: 0, end: 2, type: "PER")])
        let error = #expect(throws: CorpusError.self) { try results[2].get() }
        #expect(error?.description.contains("posts.json:1: posts[2]: field text: expected a string") == true)
        let unread = try DatasetDoctor.examine(try scratch.write(#"[{"text": "a", "ner": [[0, 1]]}]"#, to: "test.json"))
        #expect(unread.findings.count(of: .unreadAnnotation) == 1)
    }
}
