import Corpus
import Foundation
import FoundationXML
import Reporting
import TestSupport
import Testing
import TrainingTestSupport

@Suite("Reports of runs")
struct RunReportTests {
    private func isWellFormed(_ page: String) -> Bool {
        XMLParser(data: Data(page.replacing("<!doctype html>", with: "").utf8)).parse()
    }

    @Test("A page has curves, scores, confusions, mistakes and the alignment", arguments: [true, false])
    func pages(isJoint: Bool) throws {
        let run = try TinyRun(relations: true)
        run.configuration.task = isJoint ? .joint : .entities
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: run.dataset, split: .test).html()
        for heading in ["Learning", "Scores on the test split", "Calibration", "Confusion", "mistakes", "Alignment"] {
            #expect(page.contains(heading), "\(heading)")
        }
        #expect(page.contains("joint, strict") == isJoint)
        #expect(page.contains("not calibrated") == isJoint && page.contains("at the temperature") != isJoint)
        #expect(page.contains("relations of the same pair") == isJoint && page.contains("entities of the same words"))
        #expect(isWellFormed(page))
        #expect(!page.contains("Attention"), "there are no pictures")
    }

    @Test("Whatever posts, labels, names and folders say is text on the page")
    func hostileTexts() throws {
        let run = try TinyRun(pictures: true, relations: true)
        run.configuration.task = .joint
        let name = "<img src=x onerror=alert(1)>\" 'run'&\u{202e}"
        try run.train(name)
        var dataset = run.dataset
        let texts = [
            "<img src=x onerror=alert(1)>", "]]>", "\"' onload='alert(1)", "</script><script>alert(1)</script>",
            "a|b\u{0}\u{1b}", "\u{202e}\u{2066}", "</svg></main></html>", "<!--",
        ]
        dataset.name = texts.joined()
        let image = try #require(dataset.splits[.test]?.first?.image)
        dataset.splits[.test] = texts.map { text in
            Post(
                id: text, content: .tokens(["Anna", text, "Paris"]), image: image, context: text,
                entities: [Entity(start: 0, end: 1, type: text), Entity(start: 1, end: 3, type: text + "2")],
                relations: [Relation(head: 0, tail: 1, type: text)]
            ).resolvingImage(in: dataset.folder)
        }
        let page = try RunReport(run: run.scratch[name], dataset: dataset, split: .test, post: texts[0]).html()
        #expect(isWellFormed(page))
        #expect(page.contains("Run &lt;img src=x onerror=alert(1)&gt;&quot; &#39;run&#39;&amp;\u{fffd}"))
        #expect(page.contains("Attention") && page.contains("Mistakes".lowercased()) && page.contains("Alignment"))
        for live in ["<script", "<img src=x", "<!--", "\u{202e}", "\u{2066}", "\u{0}", "\u{1b}"] {
            #expect(!page.contains(live), "\(live)")
        }
        for match in page.matches(of: /<img [^>]*>/) { #expect(match.output.contains("src=\"data:image/jpeg;base64,")) }
        let tags = page.replacing(/="[^"]*"/, with: "=")
        #expect(tags.matches(of: /<[a-z]+[^>]* on[a-z]+=/).isEmpty)
    }

    @Test("A page of relations has their confusions, and calls the entities given")
    func relations() throws {
        let run = try TinyRun(pictures: true, relations: true)
        run.configuration.task = .relations
        try run.train()
        var dataset = run.dataset
        let index = try #require(dataset.splits[.test]?.firstIndex { !$0.relations.isEmpty })
        dataset.splits[.test]?[index].relations[0].type = Relation.noneType
        let page = try RunReport(run: run.scratch["run"], dataset: dataset, split: .test).html()
        #expect(page.contains("Rows are annotated relations of the same pair") && isWellFormed(page))
        let parts = page.split(separator: "<h2>")
        let confusion = try #require(parts.first { $0.hasPrefix("Confusion") })
        #expect(confusion.contains(">nothing</text>") && !confusion.contains(">None</text>"))
        #expect(page.contains(", given: the attention") && !page.contains("found as"))
    }

    /// A grey TIFF file of so many bytes, squared.
    private func tiff(side: Int) -> Data {
        func bytes(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let (short, long, size) = (3, 4, side * side)
        let fields = [
            (256, long, side), (257, long, side), (258, short, 8), (259, short, 1), (262, short, 1), (273, long, 8),
            (277, short, 1), (278, long, side), (279, long, size),
        ]
        let directory = fields.flatMap { bytes($0.0, 2) + bytes($0.1, 2) + bytes(1, 4) + bytes($0.2, 4) }
        return Data("II".utf8) + Data(bytes(42, 2) + bytes(8 + size, 4)) + Data(count: size)
            + Data(bytes(fields.count, 2) + directory + bytes(0, 4))
    }

    @Test("A large picture is made small, not left out")
    func largePicture() throws {
        let run = try TinyRun(pictures: true)
        try run.train()
        try tiff(side: 1000).write(to: run.dataset.folder.appending(path: "large.tiff"))
        var dataset = run.dataset
        dataset.splits[.test] = [
            Post(
                id: "1", content: .text("Anna"), image: "large.tiff", entities: [Entity(start: 0, end: 4, type: "none")]
            ).resolvingImage(in: dataset.folder)
        ]
        let page = try RunReport(run: run.scratch["run"], dataset: dataset, split: .test).html()
        #expect(page.contains("data:image/jpeg;base64,") && page.utf8.count < 500_000)
    }

    @Test("Scores are of the posts' own offsets, not of the words that the annotation touches")
    func offsets() throws {
        let run = try TinyRun()
        run.configuration.training.epochs = 12
        try run.train()
        func page(shorter: Int) throws -> String {
            var dataset = run.dataset
            dataset.splits[.test] = [
                Post(
                    id: "1", content: .text("we love Paris"),
                    entities: [Entity(start: 8, end: 13 - shorter, type: "LOC")])
            ]
            return try RunReport(run: run.scratch["run"], dataset: dataset, split: .test).html()
        }
        #expect(try page(shorter: 0).contains("There are none."), "the model finds Paris")
        #expect(try !page(shorter: 1).contains("There are none."))
    }

    @Test("Where words look is shown where there are pictures")
    func pictures() throws {
        let run = try TinyRun(pictures: true)
        run.configuration.training.epochs = 12
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: run.dataset, split: .test).html()
        #expect(page.contains("Attention") && page.contains("data:image/jpeg;base64,"))
        #expect(isWellFormed(page))
    }

    @Test("Where the words of a chosen post look is shown, or why not")
    func chosenPost() throws {
        let run = try TinyRun(pictures: true)
        try run.train()
        var dataset = run.dataset
        let picture = try #require(dataset.splits[.test]?.first { $0.image != nil }?.image)
        dataset.splits[.test] = [
            Post(
                id: "named", content: .text("Anna was here"), image: picture,
                entities: [Entity(start: 0, end: 13, type: "LOC")]),
            Post(id: "blind", content: .text("Anna was here")),
            Post(id: "empty", content: .text(" "), image: picture),
            Post(id: "damaged", content: .text("Anna"), image: "damaged.png"),
            Post(
                id: "several", content: .text("Anna"),
                pictures: [picture, "damaged.png", picture].map { Post.Picture(image: $0) },
                entities: [Entity(start: 0, end: 4, type: "LOC")]),
        ].map { $0.resolvingImage(in: dataset.folder) }
        try Data("no picture".utf8).write(to: dataset.folder.appending(path: "damaged.png"))
        func page(of post: String) throws -> String {
            try RunReport(run: run.scratch["run"], dataset: dataset, split: .test, post: post).html()
        }
        let shown = try page(of: "named")
        #expect(shown.contains("Anna was here, annotated as LOC, not found: the attention") && isWellFormed(shown))
        for (post, reason) in [
            ("blind", "it has no picture"), ("empty", "no entity is found or annotated in it"),
            ("absent", "the test split of \(dataset.name) has no such post"),
        ] {
            #expect(throws: ReportError.nothingToLookAt(post: post, reason: reason)) { try page(of: post) }
        }
        let several = try page(of: "several")
        let named = several.matches(of: /its first word over the regions of picture ([0-9])/).map(\.output.1)
        #expect(named == ["1", "3"] && isWellFormed(several))
        let damaged = #expect(throws: ReportError.self) { try page(of: "damaged") }
        #expect(damaged?.description.contains("damaged.png") == true)
        let blind = try TinyRun()
        try blind.train()
        let id = try #require(blind.dataset.splits[.test]?.first?.id)
        #expect(throws: ReportError.nothingToLookAt(post: id, reason: "the model does not look at pictures")) {
            try RunReport(run: blind.scratch["run"], dataset: blind.dataset, split: .test, post: id).html()
        }
    }

    @Test("What the alignment reaches is shown epoch by epoch, where something is aligned", arguments: [true, false])
    func alignmentByEpoch(isAligned: Bool) throws {
        let run = try TinyRun()
        if !isAligned { run.configuration.alignment.method = .none }
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: nil, split: .valid).html()
        for words in ["Cosines on the validation split", "foreign contexts read as own", "texts and own contexts"] {
            #expect(page.contains(words) == isAligned, "\(words)")
        }
        #expect(isWellFormed(page))
    }

    @Test("Without data there are the curves; without a run there is a clear error")
    func curvesOnly() throws {
        let run = try TinyRun()
        try run.train()
        let page = try RunReport(run: run.scratch["run"], dataset: nil, split: .valid).html()
        #expect(page.contains("Learning") && !page.contains("Confusion"))
        #expect(isWellFormed(page))
        #expect(throws: ReportError.nothingToReport(path: run.scratch["elsewhere"].path)) {
            try RunReport(run: run.scratch["elsewhere"], dataset: nil, split: .valid)
        }
    }
}
