import Corpus
import Foundation
import TestSupport
import Testing

/// Tags of other schemes are read where those of all splits together leave no doubt.
@Suite("TagScheme")
struct TagSchemeTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// A file of posts: tags between spaces, posts between bars.
    private func file(_ tags: String) -> String {
        tags.split(separator: "|").enumerated().map { number, tags in
            "IMGID:\(number)\n" + tags.split(separator: " ").map { "w\t\($0)\n" }.joined() + "\n"
        }.joined()
    }

    private func dataset(train: String, test: String = "O") throws -> Dataset {
        try scratch.write(file(train), to: "train.txt")
        try scratch.write(file(test), to: "test.txt")
        return try Dataset.load(folder: scratch.url)
    }

    @Test(
        "is read as BIO where it is unmistakable",
        arguments: [
            ("I-PER I-PER B-PER O I-LOC B-LOC I-LOC", "IOB1", 2),
            ("B-PER E-PER S-PER O S-LOC B-LOC E-LOC", "BIOES", 4),
            ("B-PER L-PER U-PER O U-LOC B-LOC L-LOC", "BILOU", 4),
            ("b-PER i-PER b-PER O b-LOC b-LOC i-LOC", "BIO in lower case", 6),
            ("PER-B PER-I PER-B O LOC-B LOC-B LOC-I", "BIO behind the type", 6),
            ("PER-b PER-e PER-s o LOC-s LOC-b LOC-e", "BIOES behind the type in lower case", 7),
            ("PER-I PER-I PER-B O LOC-I LOC-B LOC-I", "IOB1 behind the type", 6),
            ("B-PER I-PER B-PER O B-LOC B-LOC I-LOC", "", 0),
        ])
    func schemes(tags: String, name: String, converted: Int) throws {
        let dataset = try dataset(train: tags)
        #expect(
            dataset[.train][0].entities == [
                Entity(start: 0, end: 2, type: "PER"), Entity(start: 2, end: 3, type: "PER"),
                Entity(start: 4, end: 5, type: "LOC"), Entity(start: 5, end: 7, type: "LOC"),
            ])
        #expect(dataset.findings.counts == (converted > 0 ? [.convertedTag: converted] : [:]))
        let report = try DatasetDoctor.examine(scratch.url)
        #expect(report.isValid && report.findings.count(of: .convertedTag) == converted)
        guard converted > 0 else { return }
        #expect(report.findings.examples(of: .convertedTag)[0].detail.hasSuffix("(\(name))"))
        #expect(report.validation.contains("note: \(converted) tags of another scheme, converted to BIO"))
    }

    @Test("keeps types as they are written, and long entities whole")
    func types() throws {
        let dataset = try dataset(train: "b-creative-work i-creative-work i-creative-work O b-Per", test: "b-x i-x | o")
        #expect(
            dataset[.train][0].entities == [
                Entity(start: 0, end: 3, type: "creative-work"), Entity(start: 4, end: 5, type: "Per"),
            ])
        #expect(dataset[.test].map(\.entities) == [[Entity(start: 0, end: 2, type: "x")], []])
    }

    @Test("is told from all splits together, whichever are read")
    func together() throws {
        try scratch.write(file("B-PER O | I-PER"), to: "train.txt")
        try scratch.write(file("B-PER I-PER"), to: "test.txt")
        #expect(try Dataset.load(folder: scratch.url).findings.counts == [.illegalTag: 1])
        try scratch.write(file("B-PER I-PER E-PER"), to: "valid.txt")
        #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch.url) }
        _ = try dataset(train: "B-PER E-PER O", test: "O S-PER")
        try scratch.write(file("B-PER I-PER E-PER"), to: "valid.txt")
        #expect(try Dataset.load(folder: scratch.url, only: [.test]).findings.counts == [.convertedTag: 1])
    }

    @Test(
        "is refused where it is in doubt, with the reason",
        arguments: [
            ("B-PER O S-PER", "\"S-PER\" is not O, B-TYPE or I-TYPE; convert the tags to BIO (not BIOES either, for "),
            ("S-PER E-PER", "(not BIOES either, for \"E-PER\" follows \"S-PER\" at "),
            ("B-PER E-LOC", "(not BIOES either, for \"E-LOC\" follows \"B-PER\" at "),
            ("U-PER B-PER", "(not BILOU either, for the end follows \"B-PER\" at "),
            ("E-PER I-PER", "tag \"E-PER\" is not"), ("S-PER U-PER", "tag \"S-PER\" is not"),
            ("B-PER b-PER", "tag \"b-PER\" is not"), ("PER-B B-PER", "tag \"PER-B\" is not"),
            ("PER O", "tag \"PER\" is not"), ("o o", "tag \"o\" is not"), ("B I", "tag \"B\" is not"),
            ("b-PER X-PER", "tag \"b-PER\" is not"), ("B-M M-PER", "tag \"M-PER\" is not"),
        ])
    func doubts(tags: String, problem: String) throws {
        let error = #expect(throws: CorpusError.self) { try dataset(train: tags) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        let report = try DatasetDoctor.examine(scratch.url)
        #expect(report.findings.counts[.malformedLine] == 1 && report.findings.count(of: .convertedTag) == 0)
    }

    @Test("illegal tags of BIO stay what they are", arguments: ["I-PER O B-PER", "I-PER I-PER", "B-LOC I-PER B-PER O"])
    func illegal(tags: String) throws {
        #expect(try dataset(train: tags).findings.counts == [.illegalTag: 1])
    }

    @Test("a column of other things is no scheme, and costs no memory")
    func junk() throws {
        try scratch.write((0..<5000).map { "w\tX-\($0)\n" }.joined(), to: "train.txt")
        let report = try DatasetDoctor.examine(scratch.url)
        #expect(report.findings.count(of: .malformedLine) == 1)
    }
}
