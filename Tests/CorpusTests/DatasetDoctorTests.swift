import Corpus
import Foundation
import TestSupport
import Testing

@Suite("DatasetDoctor")
struct DatasetDoctorTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test("finds every kind of fault in one look and goes on behind errors")
    func sickDataset() throws {
        try scratch.write(
            """
            IMGID:1
            Rocky\tB-PER

            IMGID:1
            Rocky\tI-PER

            IMGID:2
            broken

            IMGID:3

            IMGID:4
            x\tO

            """, to: "train.txt")
        try scratch.write("IMGID:1\nRocky\tO\n\nIMGID:5\nx\tO\n\nIMGID:6\nnew\tB-LOC\n", to: "test.txt")
        try scratch.write("picture", to: "images/1.jpg")
        let contexts = try scratch.write(
            "{\"image\": \"1.jpg\", \"context\": \"a\"}\n{\"image\": \"9.jpg\", \"context\": \"b\"}\n?\n",
            to: "contexts.jsonl")
        let report = try DatasetDoctor.examine(scratch.url, contexts: contexts)
        #expect(
            report.findings.counts == [
                .malformedLine: 2, .illegalTag: 1, .emptyPost: 1, .duplicateID: 1, .missingPicture: 4,
                .missingContext: 4, .leakedPost: 1, .leakedText: 1, .repeatedPost: 1, .missingSplit: 1,
                .unusedContext: 1,
            ])
        #expect(!report.isValid && report.exitStatus == 1)
        let errors = report.findings.examples(of: .malformedLine).compactMap(\.location?.line)
        #expect(Set(errors) == [3, 8])
        let train = try #require(report.splits.first)
        #expect(train.split == .train && train.posts == 4 && train.entities == ["PER": 2] && train.emptyPosts == 1)
        #expect(train.pictures == 4 && train.missingPictures == 2 && train.contexts == 2)
        #expect(report.validation.contains("not valid: errors 2"))
    }

    @Test("calls a dataset with warnings valid")
    func healthyDataset() throws {
        try scratch.write(#"{"id": "1", "text": "Rocky 🐕"}"#, to: "test.jsonl")
        let report = try DatasetDoctor.examine(scratch.url)
        #expect(report.isValid && report.exitStatus == 0 && report.findings.counts.isEmpty)
        #expect(report.publishedAs == nil)
        #expect(report.splits[0].lengths.maximum == 7)
        #expect(report.statistics.contains("unknown"))
    }

    @Test("counts what splits have in common")
    func duplicates() throws {
        func post(_ text: String, _ image: String) -> String { #"{"text": "\#(text)", "image": "\#(image)"}"# + "\n" }
        try scratch.write(post("a", "1") + post("a", "1") + post("b", "2"), to: "train.jsonl")
        try scratch.write(post("a", "1") + post("b", "9") + post("new", "2"), to: "test.jsonl")
        let report = try DatasetDoctor.examine(scratch.url)
        let within = try #require(report.duplicates.first { $0.first == .train && $0.second == .train })
        #expect((within.posts, within.texts, within.pictures) == (1, 1, 1))
        let across = try #require(report.duplicates.first { $0.first == .train && $0.second == .test })
        #expect((across.posts, across.texts, across.pictures) == (1, 2, 2))
        #expect(report.duplicates.count == 2)
    }

    @Test("describes lengths by their quantiles")
    func lengths() throws {
        let posts = (1...100).map { #"{"tokens": [\#(Array(repeating: "\"a\"", count: $0).joined(separator: ","))]}"# }
        try scratch.write(posts.joined(separator: "\n"), to: "train.jsonl")
        let lengths = try #require(try DatasetDoctor.examine(scratch.url).splits.first).lengths
        #expect((lengths.minimum, lengths.median, lengths.percentile95, lengths.maximum) == (1, 50, 95, 100))
        #expect(abs(lengths.mean - 50.5) < 1e-12)
    }

    @Test("counts relations by their type, and lets a text stand once for each of its pairs")
    func relations() throws {
        let pairs = [("None", 0, 1), ("of", 1, 0), ("of", 0, 2)].map { type, head, tail in
            let ends = [head, tail].map { "{'name': '\(["a", "b", "c"][$0])', 'pos': [\($0), \($0 + 1)]}" }
            return "{'token': ['a', 'b', 'c'], 'h': \(ends[0]), 't': \(ends[1]), 'img_id': '1.jpg', "
                + "'relation': '\(type)'}\n"
        }
        try scratch.write(pairs.joined(), to: "mnre_train.txt")
        try scratch.write(pairs[0], to: "mnre_test.txt")
        let report = try DatasetDoctor.examine(scratch.url)
        #expect(report.splits.map(\.relations) == [["None": 1, "of": 2], ["None": 1]])
        #expect(report.relationTypes == ["None", "of"])
        #expect(report.findings.counts == [.missingPicture: 4, .leakedPost: 1, .missingSplit: 1])
        #expect(report.findings.examples(of: .missingSplit)[0].detail == "there is no mnre_val.txt or mnre_val .txt")
        let rows = report.statistics.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows.contains(["None", "1", "1"]) && rows.contains(["of", "2", "0"]))
    }

    @Test("survives JSON")
    func json() throws {
        try scratch.write("IMGID:1\na\tI-PER\n", to: "train.txt")
        let report = try DatasetDoctor.examine(scratch.url)
        let back = try JSONDecoder().decode(DatasetReport.self, from: try JSONEncoder().encode(report))
        #expect(back.findings == report.findings && back.statistics == report.statistics)
    }

    @Test("keeps a few examples of each kind and counts the rest")
    func manyFindings() throws {
        try scratch.write(String(repeating: "nonsense\n", count: 1000), to: "train.jsonl")
        let report = try DatasetDoctor.examine(scratch.url)
        #expect(report.findings.count(of: .malformedLine) == 1000)
        #expect(report.findings.examples.count == Findings.examplesPerKind)
        #expect(report.validation.contains("and 995 more"))
    }
}
