import Foundation
import Support
import Testing
import Torch

@Suite("Writing weights")
struct WeightsWritingTests {
    @Test(
        "the bytes are those that the safetensors package writes",
        arguments: [
            ("weights-types", ["format": "pt"]), ("weights-names", ["kéy\n": "va\"lue"]),
        ])
    func exactBytes(name: String, metadata: [String: String]) throws {
        let folder = try TemporaryFolder()
        let copy = folder.url.appending(path: "copy.safetensors")
        try saveSafetensors(
            loadWeights(at: WeightsFixture.url("\(name).safetensors")), metadata: metadata, to: copy)
        #expect(try Data(contentsOf: copy) == Data(contentsOf: WeightsFixture.url("\(name).safetensors")))
    }

    @Test("a round trip keeps every element, strided or not, and leaves one file")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "weights.safetensors")
        let expected = try #require(try WeightsFixture.contents()["weights-views.pth"])
        let tensors = try loadWeights(at: WeightsFixture.url("weights-views.pth"))
        for _ in 0..<2 {
            try saveSafetensors(tensors, metadata: ["b": "2", "a": "1\u{1}"], to: file)
            expectEqual(try loadWeights(at: file), expected, in: "the copy")
        }
        #expect(try SafetensorsFile(at: file).metadata == ["b": "2", "a": "1\u{1}"])
        #expect(try folder.names == ["weights.safetensors"])

        try saveSafetensors([:], to: file)
        #expect(try loadWeights(at: file).isEmpty)
    }

    @Test("a file can be replaced while tensors look at the one before")
    func replacement() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "weights.safetensors")
        try saveSafetensors(["a": Tensor([1, 2, 3] as [Float], shape: [3])], to: file)
        let before = try #require(try loadWeights(at: file)["a"])
        try saveSafetensors(["a": before + 1], to: file)
        #expect(before.floats() == [1, 2, 3])
        #expect(try loadWeights(at: file)["a"]?.floats() == [2, 3, 4])
    }

    @Test("what fails leaves no partial file and the file before as it was")
    func failure() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(named: "kept", "before".utf8)
        #expect(throws: WeightsError.self) {
            try saveSafetensors(["__metadata__": .zeros([1])], to: file)
        }
        #expect(try folder.names == ["kept"])
        #expect(try String(contentsOf: file, encoding: .utf8) == "before")
        let nowhere = folder.url.appending(path: "missing/weights.safetensors")
        let error = #expect(throws: WeightsError.self) { try saveSafetensors([:], to: nowhere) }
        #expect(error == .unwritable(file: nowhere.path, reason: "no such file or directory"))
        #expect(throws: WeightsError.self) { try saveSafetensors([:], to: folder.url) }
        #expect(try folder.names == ["kept"])
    }

    @Test("a full disk is named")
    func fullDisk() throws {
        let full = try AtomicFile(writingThrough: URL(filePath: "/dev/full"))
        let failure = #expect(throws: FileError.self) { try full.append(Data(count: 100)) }
        let error = WeightsError(try #require(failure), file: "weights.safetensors")
        #expect(error == .diskFull(file: "weights.safetensors", byteCount: 0))
        #expect(error.description.contains("Free some space"))
    }
}
