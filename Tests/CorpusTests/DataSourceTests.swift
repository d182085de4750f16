import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Datasets that are read together")
struct DataSourceTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    /// A dataset of posts of one word, each an entity of a type.
    private func dataset(_ name: String, train: [String], valid: [String] = []) throws -> DataSource {
        for (split, types) in [("train", train), ("valid", valid)] {
            let lines = types.enumerated().map { number, type in
                #"{"id": "\#(name) \#(number)", "tokens": ["\#(type)-\#(number)"], "image": "\#(number).jpg", "#
                    + #""entities": [{"start": 0, "end": 1, "type": "\#(type)"}]}"#
            }
            try scratch.write(lines.joined(separator: "\n"), to: "\(name)/\(split).jsonl")
        }
        return DataSource(path: scratch[name])
    }

    private func complaint(_ sources: DataSource...) -> String {
        let error = #expect(throws: DataSourceError.self) { try Dataset.load(sources) }
        return error?.description ?? ""
    }

    @Test("Their posts stand one after the other, with the types that their own annotators looked for")
    func joined() throws {
        var first = try dataset("first", train: ["person", "place", "person"], valid: ["thing"])
        first.map = ["person": "PER", "place": "LOC", "thing": "MISC"]
        var second = try dataset("second", train: ["PER"], valid: ["PER", "LOC"])
        second.types = ["LOC", "PER"]
        let dataset = try Dataset.load([first, second])
        #expect(dataset.name == "first, second")
        #expect(dataset[.train].map(\.id) == ["first 0", "first 1", "first 2", "second 0"])
        #expect(dataset[.train].map { $0.entities[0].type } == ["PER", "LOC", "PER", "PER"])
        #expect(dataset[.valid].map(\.annotatedTypes) == [["LOC", "MISC", "PER"], ["LOC", "PER"], ["LOC", "PER"]])
        #expect(dataset.parts.map(\.posts) == [[.train: 0..<3, .valid: 0..<1], [.train: 3..<4, .valid: 1..<3]])
        #expect(
            dataset[.train].map(\.imageURL?.path)[2...] == [scratch["first/2.jpg"].path, scratch["second/0.jpg"].path])
        let valid = try Dataset.load([first, second], only: [.valid])
        #expect(valid.splits.keys.sorted { "\($0)" < "\($1)" } == [.valid] && valid[.valid] == dataset[.valid])
    }

    @Test("Types that a dataset does not have are refused, with a near one")
    func unknownTypes() throws {
        var source = try dataset("news", train: ["person", "place"])
        source.map = ["persn": "PER", "place": "LOC", "person": "PER"]
        #expect(
            complaint(source)
                == "data set news: map names the type \"persn\", which it does not have; did you mean \"person\"? "
                + "(it has \"person\", \"place\")")
        (source.map, source.types) = (["person": "PER", "place": "LOC"], ["PER", "LOC", "MISC"])
        #expect(complaint(source).hasPrefix("data set news: types names the type \"MISC\", which it does not have"))
    }

    @Test("Types that a dataset has are all named where some are")
    func unnamedTypes() throws {
        var source = try dataset("news", train: ["person", "place"], valid: ["creative-work"])
        source.map = ["person": "PER", "place": "LOC"]
        #expect(
            complaint(source)
                == "data set news has the type \"creative-work\", which neither map nor types names; map it to another "
                + "type, or to itself to keep it")
        source.map["creative-work"] = "MISC"
        source.types = ["PER", "LOC"]
        #expect(
            complaint(source) == "data set news: map makes the type \"MISC\", which types does not name; add it there")
        source.types = ["PER", "LOC", "MISC"]
        #expect(try Dataset.load([source]).labels().entityTypes == ["LOC", "PER"])
        (source.map, source.types) = ([:], nil)
        #expect(try Dataset.load([source]).parts[0].annotatedTypes == ["creative-work", "person", "place"])
        (source.map, source.types) = (["person": "place"], nil)
        #expect(complaint(source).contains("\"creative-work\""), "a type that others are mapped to is named")
    }

    @Test("A dataset twice, or without any entity, is refused; equal names are told by their paths")
    func refusals() throws {
        let first = try dataset("a/news", train: ["PER"])
        let second = try dataset("b/news", train: ["PER"])
        #expect(complaint(first, first).contains("is named by two entries of data"))
        #expect(try Dataset.load([first, second]).parts.map(\.name) == [first, second].map(\.path.path))
        try scratch.write(#"{"tokens": ["a"]}"#, to: "bare/train.jsonl")
        #expect(complaint(first, DataSource(path: scratch["bare"])).hasPrefix("data set bare has no entity"))
    }

    @Test("A format that is named is the one that is read")
    func format() throws {
        var source = try dataset("both", train: ["PER"])
        try scratch.write("IMGID:1\nOslo\tB-LOC\n", to: "both/train.txt")
        #expect(throws: CorpusError.self) { try Dataset.load([source]) }
        source.format = try #require(DatasetFormat.all.first { $0.name == "CoNLL" })
        #expect(try Dataset.load([source]).labels().entityTypes == ["LOC"])
        source.path = scratch["both/train.jsonl"]
        #expect(throws: CorpusError.self) { try Dataset.load([source]) }
    }

    @Test("The doctor looks at each, at what keeps them apart, and at texts that leak from one to another")
    func doctor() throws {
        var first = try dataset("first", train: ["PER", "LOC"])
        let second = try dataset("second", train: ["ORG"], valid: ["PER", "ORG"])
        let report = try DataListReport(examining: [first, second])
        #expect(report.datasets.map(\.name) == ["first", "second"] && report.problems.isEmpty)
        #expect(report.leaks == ["1 texts of second valid are in first train"] && report.exitStatus == 0)
        first.map = ["PERS": "PER"]
        let broken = try DataListReport(examining: [first, second])
        #expect(broken.exitStatus == 1 && broken.problems.count == 2 && broken.leaks.isEmpty)
        #expect(broken.validation.contains("error: data set first: map names the type \"PERS\""))
        #expect(
            broken.validation.contains("error: data set first has the type \"LOC\", which neither map nor types names"))
        #expect(broken.validation.hasSuffix("all together: not valid, errors 2, warnings 0"))
    }
}
