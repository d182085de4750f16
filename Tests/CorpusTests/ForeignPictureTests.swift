import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Pictures outside a dataset's folder")
struct ForeignPictureTests {
    private let scratch: TemporaryFolder
    private var folder: URL { scratch["set"] }

    init() throws {
        scratch = try TemporaryFolder()
        for name in ["secret.jpg", "set/own.jpg", "set/images/1.jpg", "elsewhere/2.jpg", "set-beside/3.jpg"] {
            try scratch.write("", to: name)
        }
        let links = [
            "set/link.jpg": "secret.jpg", "set/inner.jpg": "set/own.jpg", "set/images/2.jpg": "elsewhere/2.jpg",
            "set/away": "elsewhere",
        ]
        for (link, place) in links {
            try FileManager.default.createSymbolicLink(at: scratch[link], withDestinationURL: scratch[place])
        }
    }

    /// What posts may say of their picture, and where that leads.
    private var places: [(image: String, place: URL?)] {
        [
            ("own.jpg", folder.appending(path: "own.jpg")),
            ("./images/../own.jpg", folder.appending(path: "own.jpg")),
            ("1.jpg", folder.appending(path: "images/1.jpg")),
            ("inner.jpg", folder.appending(path: "inner.jpg")),
            (folder.appending(path: "own.jpg").path, folder.appending(path: "own.jpg")),
            ("missing.jpg", folder.appending(path: "missing.jpg")),
            ("../elsewhere/1.jpg", folder.appending(path: "images/1.jpg")),
            ("../secret.jpg", nil),
            ("images/../../secret.jpg", nil),
            ("away/../secret.jpg", folder.appending(path: "secret.jpg")),
            (scratch["secret.jpg"].path, nil),
            (scratch["set-beside/3.jpg"].path, nil),
            ("/etc/passwd", nil),
            ("link.jpg", nil),
            ("images/2.jpg", nil),
            ("2.jpg", nil),
            ("away/2.jpg", nil),
            ("..", nil),
        ]
    }

    private func write(_ images: [String]) throws {
        let posts = images.enumerated().map { Post(id: "p\($0)", content: .text("a"), image: $1) }
        try JSONLinesWriter.write(posts, to: folder.appending(path: "train.jsonl"))
    }

    @Test("are not read, whichever way a path leads out; the other posts keep theirs")
    func paths() throws {
        try write(places.map(\.image))
        let dataset = try Dataset.load(folder: folder)
        for (post, expected) in zip(dataset[.train], places) {
            #expect(post.imageURL?.path == expected.place?.path, "\(expected.image)")
        }
        let refused = places.filter { $0.place == nil }.count
        #expect(dataset.findings.count(of: .foreignPicture) == refused)
        let note = try #require(dataset.findings.notes.first { $0.contains("outside the dataset's folder") })
        #expect(note.hasPrefix("\(refused) pictures outside") && note.contains("--images"))
        #expect(note.hasSuffix("first: \"../secret.jpg\" of post \"p7\""))
    }

    @Test("are named by the doctor, with their line and post")
    func doctor() throws {
        try write(["own.jpg", "../secret.jpg", "missing.jpg", "link.jpg", "../secret.jpg"])
        let report = try DatasetDoctor.examine(folder)
        #expect(report.findings.counts[.foreignPicture] == 3 && report.findings.counts[.missingPicture] == 1)
        let first = try #require(report.findings.examples(of: .foreignPicture).first)
        #expect(first.location?.line == 2)
        #expect(first.detail == "\"../secret.jpg\" of post \"p1\" leads out of the folder")
    }

    @Test("are read through links of a folder that the user names, not by paths that lead out of it")
    func namedFolder() throws {
        try write(["2.jpg", "images/2.jpg", "../secret.jpg", scratch["secret.jpg"].path, "images/../../secret.jpg"])
        let dataset = try Dataset.load(folder: folder, images: folder)
        let linked = folder.appending(path: "images/2.jpg").path
        #expect(dataset[.train].map { $0.imageURL?.path } == [linked, linked, nil, nil, nil])
        #expect(dataset.findings.count(of: .foreignPicture) == 3)
    }

    @Test("A folder that is itself reached through a link is the dataset's own")
    func linkedFolder() throws {
        try write(["own.jpg", scratch["linked/own.jpg"].path, folder.appending(path: "own.jpg").path])
        try FileManager.default.createSymbolicLink(at: scratch["linked"], withDestinationURL: folder)
        let dataset = try Dataset.load(folder: scratch["linked"])
        #expect(dataset[.train].map { $0.imageURL?.path } == Array(repeating: scratch["linked/own.jpg"].path, count: 3))
    }
}
