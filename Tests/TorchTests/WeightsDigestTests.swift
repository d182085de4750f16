import Foundation
import Support
import Testing
import Torch

@Suite struct WeightsDigestTests {
    @Test func aFileHasTheDigestOfItsBytes() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "model.safetensors")
        try saveSafetensors(["a": .ones([3])], to: file)
        #expect(try weightsDigest(at: file) == SHA256.digest(of: Data(contentsOf: file)).hexadecimal)
    }

    @Test func weightsInSeveralFilesHaveThatOfAllBytes() throws {
        let folder = try TemporaryFolder()
        let files = ["1", "2"].map { folder.url.appending(path: "\($0).safetensors") }
        try saveSafetensors(["a": .ones([3])], to: files[1])
        try saveSafetensors(["b": .ones([2])], to: files[0])
        let map = #"{"weight_map": {"a": "2.safetensors", "b": "1.safetensors"}}"#
        let index = try folder.file(named: "model.safetensors.index.json", map.utf8)
        let bytes = try files.map { try Data(contentsOf: $0) }.reduce(Data(), +)
        #expect(try weightsDigest(at: index) == SHA256.digest(of: bytes).hexadecimal)
        try FileManager.default.removeItem(at: files[0])
        #expect(throws: WeightsError.self) { try weightsDigest(at: index) }
    }

    @Test func tensorsHaveADigestOfNamesShapesAndValues() throws {
        let tensors: [NamedTensor] = [("a", .ones([2, 3])), ("b", .zeros([2]))]
        let others: [[NamedTensor]] = [
            [("a", .ones([3, 2])), ("b", .zeros([2]))], [("a", .ones([2, 3])), ("c", .zeros([2]))],
            [("a", .ones([2, 3])), ("b", .full([2], 1e-30))],
        ]
        #expect(try tensors.digest() == tensors.digest())
        for other in others { #expect(try other.digest() != tensors.digest()) }
    }
}
