import Contexts
import Corpus
import Foundation
import TestSupport
import Testing

@Suite("The pictures of a folder")
struct PictureFilesTests {
    @Test("Pictures are found by name or by content, in folders too; the rest is counted, namesakes are named")
    func folder() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(SamplePicture.tiff(1), to: "pictures/b.tif")
        try scratch.write(SamplePicture.tiff(2), to: "pictures/deep/a")
        try scratch.write("damaged", to: "pictures/c.JPG")
        try scratch.write("notes", to: "pictures/notes.txt")
        try scratch.write("hidden", to: "pictures/.hidden.jpg")
        try scratch.write(SamplePicture.tiff(3), to: "pictures/deep/b.tif")
        let pictures = try PictureFiles(folder: scratch["pictures"])
        #expect(pictures.files.map(\.name) == ["a", "b.tif", "c.JPG"])
        #expect(pictures.otherFiles == 1 && pictures.ambiguous.count == 1)
        #expect(throws: CorpusError.self) { try PictureFiles(folder: scratch["absent"]) }
    }

    @Test("A loop of links is called so, as a folder and as a picture in one")
    func loops() throws {
        let scratch = try TemporaryFolder()
        try scratch.write(SamplePicture.tiff(1), to: "pictures/a.tif")
        for name in ["loop", "pictures/b.jpg"] {
            try FileManager.default.createSymbolicLink(at: scratch[name], withDestinationURL: scratch[name])
        }
        let loop = scratch["loop"]
        let expected = CorpusError.unreadable(path: loop.relativePath, reason: "too many levels of symbolic links")
        #expect(throws: expected) { try PictureFiles(folder: loop) }
        let file = scratch["pictures/a.tif"]
        #expect(throws: CorpusError.unreadable(path: file.relativePath, reason: "not a folder")) {
            try PictureFiles(folder: file)
        }
        #expect(try PictureFiles(folder: scratch["pictures"]).files.map(\.name) == ["a.tif", "b.jpg"])
    }

    @Test("A dataset's pictures are those that its posts name, each once")
    func dataset() throws {
        let scratch = try TemporaryFolder()
        let posts = ["images/2.jpg", nil, "images/1.jpg", "images/2.jpg"].enumerated().map { index, image in
            Post(id: "\(index)", content: .text("a"), image: image)
        }
        let dataset = Dataset(name: "d", folder: scratch.url, splits: [.train: posts, .test: posts])
        let pictures = PictureFiles(dataset: dataset)
        #expect(pictures.files.map(\.name) == ["1.jpg", "2.jpg"] && pictures.ambiguous.isEmpty)
    }
}
