import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Published datasets")
struct PublishedDatasetTests {
    @Test(
        "are read whole, and known by their fingerprints", .enabled(if: Published.arePresent, "needs SHAPCA_DATA"),
        arguments: Published.all)
    func whole(expected: Published) throws {
        let folder = DataFolder[expected.folder]
        let report = try DatasetDoctor.examine(folder)
        #expect(report.isValid && report.publishedAs == expected.name)
        #expect(report.splits.map(\.posts) == expected.posts)
        #expect(report.splits.map(\.entityCount) == expected.entities)
        #expect(report.findings.count(of: .illegalTag) == expected.illegalTags)
        #expect(report.findings.count(of: .blankToken) == expected.blankTokens)
        let dataset = try Dataset.load(folder: folder)
        #expect(dataset.labels().entityTypes == expected.types)
        #expect(Split.allCases.map { Fingerprint(posts: dataset[$0]) } == report.splits.map(\.fingerprint))
    }

    @Test(
        "keep their fingerprint as JSON lines",
        .enabled(if: DataFolder.has("twitter2017"), "needs twitter2017 in SHAPCA_DATA"))
    func conversion() throws {
        let scratch = try ScratchFolder()
        let dataset = try Dataset.load(folder: DataFolder["twitter2017"])
        for (split, posts) in dataset.splits {
            try JSONLinesWriter.write(posts, to: scratch.url.appendingPathComponent("\(split).jsonl"))
        }
        #expect(try Dataset.load(folder: scratch.url).splits == dataset.splits)
        #expect(try DatasetDoctor.examine(scratch.url).publishedAs == "Twitter-2017")
    }

    @Test(
        "have the contexts of their generators, but for a few",
        .enabled(if: DataFolder.has("twitter2017/contexts.fite.jsonl"), "needs twitter2017 in SHAPCA_DATA"))
    func contexts() throws {
        let folder = DataFolder["twitter2017"]
        for (generator, missing) in [("blip2", 0), ("fite", 358), ("gpt4", 0)] {
            let file = folder.appendingPathComponent("contexts.\(generator).jsonl")
            let dataset = try Dataset.load(folder: folder, contexts: file)
            #expect(dataset.findings.count(of: .missingContext) == missing)
            #expect(dataset.splits.values.joined().count { $0.context == nil } == missing)
        }
    }
}

/// What a count of the files by other means says.
struct Published: Sendable, CustomTestStringConvertible {
    var folder: String
    var name: String
    var posts: [Int]
    var entities: [Int]
    var types: [String]
    var illegalTags = 0
    var blankTokens = 0

    var testDescription: String { name }

    static let all = [
        Published(
            folder: "twitter2015", name: "Twitter-2015", posts: [4000, 1000, 3257], entities: [6352, 1594, 5207],
            types: ["LOC", "ORG", "OTHER", "PER"], illegalTags: 374, blankTokens: 1),
        Published(
            folder: "twitter2017", name: "Twitter-2017", posts: [3373, 723, 723], entities: [6049, 1324, 1351],
            types: ["LOC", "MISC", "ORG", "PER"]),
        Published(
            folder: "pictured-names", name: "pictured-names", posts: [1512, 144, 288], entities: [1627, 152, 305],
            types: ["LOC", "ORG", "PER"]),
    ]

    static let arePresent = all.allSatisfy { DataFolder.has($0.folder) }
}
