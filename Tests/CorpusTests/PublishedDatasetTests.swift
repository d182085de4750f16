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
        "of relations are read whole, and known by their fingerprints",
        .enabled(if: PublishedRelations.arePresent, "needs mnre and jmere in SHAPCA_DATA"),
        arguments: PublishedRelations.all)
    func relations(expected: PublishedRelations) throws {
        let report = try DatasetDoctor.examine(DataFolder[expected.folder])
        #expect(report.isValid && report.publishedAs == expected.name)
        #expect(report.splits.map(\.posts) == expected.posts)
        #expect(report.splits.map(\.entityCount) == expected.entities)
        #expect(report.splits.map(\.relationCount) == expected.relations)
        #expect(report.splits.map { $0.relations["None"] ?? 0 } == expected.none)
        #expect(report.findings.count(of: .overlappingEntities) == expected.overlapping)
        #expect(report.findings.count(of: .repeatedPost) == expected.repeated)
        for kind in [Finding.Kind.differingName, .repeatedRelation, .duplicateID, .blankToken, .unknownField] {
            #expect(report.findings.count(of: kind) == 0)
        }
        let labels = try Dataset.load(folder: DataFolder[expected.folder], only: [.train]).labels()
        #expect(labels.entityTypes == expected.entityTypes)
        #expect(labels.relationTypes.count == expected.relationTypes && labels.relationTypes == report.relationTypes)
    }

    @Test(
        "keep their relations as JSON lines",
        .enabled(if: PublishedRelations.arePresent, "needs mnre and jmere in SHAPCA_DATA"),
        arguments: PublishedRelations.all)
    func relationConversion(expected: PublishedRelations) throws {
        let scratch = try TemporaryFolder()
        let posts = try Dataset.load(folder: DataFolder[expected.folder], only: [.test])[.test]
        let file = scratch["test.jsonl"]
        try JSONLinesWriter.write(posts, to: file)
        #expect(try JSONLinesReader(file).posts() == posts)
        #expect(try DatasetDoctor.examine(file).publishedAs == expected.name)
    }

    @Test(
        "keep their fingerprint as JSON lines",
        .enabled(if: DataFolder.has("twitter2017"), "needs twitter2017 in SHAPCA_DATA"))
    func conversion() throws {
        let scratch = try TemporaryFolder()
        let dataset = try Dataset.load(folder: DataFolder["twitter2017"])
        for (split, posts) in dataset.splits {
            try JSONLinesWriter.write(posts, to: scratch["\(split).jsonl"])
        }
        #expect(try Dataset.load(folder: scratch.url).splits == dataset.splits)
        #expect(try DatasetDoctor.examine(scratch.url).publishedAs == "Twitter-2017")
    }

    @Test(
        "of other corpora are read whole, with empty words and without lines between documents",
        .enabled(if: DataFolder.has("open/tweebank"), "needs open in SHAPCA_DATA"),
        arguments: [
            (
                "broad-twitter", 9340, "3258bebf1840f02a4c644ecfc58827ca853b9eebf55d6cd84a3d436b18986842",
                [.blankToken: 4]
            ),
            ("wnut17", 5690, "62f16bbd312f8b171921310462e27197e0600cee1dbdf943e41dd54b540f16f7", [:]),
            ("tweebank", 3550, "3333c1954f9e0ca51acd020b5f7bfeab9d797d85f9590eb630ab5d3d4d3ebb51", [.documentStart: 3]),
        ] as [(String, Int, String, [Finding.Kind: Int])])
    func openCorpora(name: String, posts: Int, validFingerprint: String, findings: [Finding.Kind: Int]) throws {
        let dataset = try Dataset.load(folder: DataFolder["open/\(name)"])
        #expect(dataset.splits.values.joined().count == posts)
        #expect(Fingerprint(posts: dataset[.valid]).hexadecimal == validFingerprint)
        let usual: Set<Finding.Kind> = [.unnamedPicture, .emptyPost, .extraColumns]
        #expect(dataset.findings.counts.filter { !usual.contains($0.key) } == findings)
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

/// What a count of the relation datasets by other means says.
struct PublishedRelations: Sendable, CustomTestStringConvertible {
    var folder: String
    var name: String
    var posts: [Int]
    var entities: [Int]
    var relations: [Int]
    /// The pairs that have no relation.
    var none: [Int]
    /// The posts with entities that overlap.
    var overlapping: Int
    /// The posts whose text and picture stand before in their split, with other pairs; MNRE's lines are such pairs.
    var repeated: Int
    var entityTypes: [String]
    /// The number of relation types.
    var relationTypes: Int

    var testDescription: String { name }

    static let all = [
        PublishedRelations(
            folder: "mnre", name: "MNRE v2", posts: [12_247, 1624, 1614], entities: [24_494, 3248, 3228],
            relations: [12_247, 1624, 1614], none: [7744, 1000, 974], overlapping: 67, repeated: 0,
            entityTypes: ["entity"], relationTypes: 23),
        PublishedRelations(
            folder: "jmere", name: "JMERE V1 (rebuilt)", posts: [3618, 496, 475], entities: [7765, 1069, 1041],
            relations: [4503, 624, 640], none: [0, 0, 0], overlapping: 38, repeated: 188,
            entityTypes: ["loc", "misc", "org", "per"], relationTypes: 21),
    ]

    static let arePresent = all.allSatisfy { DataFolder.has($0.folder) }
}
