import Foundation
import TestSupport
import Testing
import Torch

@Suite("Reading weights")
struct WeightsReadingTests {
    @Test("every fixture of PyTorch and safetensors reads as it was written")
    func fixtures() throws {
        let contents = try WeightsFixture.contents()
        #expect(contents.count >= 17)
        for (file, expected) in contents {
            expectEqual(try loadWeights(at: WeightsFixture.url(file)), expected, in: file)
        }
    }

    @Test("the format follows from the bytes, not from the name")
    func detection() throws {
        let folder = try TemporaryFolder()
        let contents = try WeightsFixture.contents()
        for file in ["weights-types.pth", "weights-types-legacy.pth", "weights-types.safetensors"] {
            let copy = try folder.file(named: "weights.txt", try WeightsFixture.bytes(file))
            expectEqual(try loadWeights(at: copy), try #require(contents[file]), in: file)
        }
    }

    @Test("tensors that share a storage in the file share it in memory, and none outlives its bytes")
    func sharedStorage() throws {
        for file in ["weights-views.pth", "weights-views-legacy.pth"] {
            var tensors = try loadWeights(at: WeightsFixture.url(file))
            let base = try #require(tensors["base"])
            let column = try #require(tensors["column"])
            tensors = [:]
            base.fill(3)
            #expect(column.floats() == [3, 3, 3, 3], "\(file)")
            #expect(try loadWeights(at: WeightsFixture.url(file))["column"]?.floats() == [2, 8, 14, 20], "\(file)")
        }
    }

    @Test("safetensors keeps its metadata, and misaligned elements are copied into place")
    func safetensors() throws {
        let names = try SafetensorsFile(at: WeightsFixture.url("weights-names.safetensors"))
        #expect(names.metadata == ["kéy\n": "va\"lue"])
        #expect(names.names.contains("Ünïcode 🐕"))

        let folder = try TemporaryFolder()
        let header =
            #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
            + #""b":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
        var bytes = safetensorsBytes(header, [7])
        for value in [Float(1.5), -2] {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        let tensors = try loadWeights(at: folder.file(bytes))
        #expect(tensors["a"]?.ints() == [7])
        #expect(tensors["b"]?.floats() == [1.5, -2])
    }

    @Test("an index of several files reads as one file, from its own folder only")
    func shards() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file(named: "one.bin", try WeightsFixture.bytes("weights-nested.pth"))
        _ = try folder.file(named: "two.bin", try WeightsFixture.bytes("weights-module.pth"))
        let index = #"{"metadata": {}, "weight_map": {"encoder.weight": "one.bin", "0.bias": "two.bin"}}"#
        let tensors = try loadWeights(at: folder.file(named: "index", index.utf8))
        #expect(tensors.keys.sorted() == ["0.bias", "encoder.weight"])
        #expect(tensors["encoder.weight"]?.floats() == [1])
        for shard in ["../one.bin", "/etc/passwd", "..", "two.bin"] {
            #expect(throws: WeightsError.self) {
                try loadWeights(
                    at: folder.file(named: "index", #"{"weight_map": {"encoder.weight": "\#(shard)"}}"#.utf8))
            }
        }
    }

    /// Two shards with an index as `save_pretrained` writes it; the index names a third tensor's file as `place` says.
    private func sharded(_ folder: TemporaryFolder, _ place: String, more: String = "") throws -> URL {
        for (name, keys) in [("model-1.safetensors", ["a", "b"]), ("model-2.safetensors", ["c"])] {
            let tensors = keys.map { ($0, Tensor([Float($0.utf8.first ?? 0)], shape: [1])) }
            try saveSafetensors(Dictionary(uniqueKeysWithValues: tensors), to: folder.url.appending(path: name))
        }
        let index = """
            {
              "metadata": {"total_size": 1.2e1, "more": [1, null, {"x": "}"}, true, []]},
              "weight_map": {
                "a": "model-1.safetensors", "b": "model-1.safetensors", "c": "\(place)"\(more)
              }
            }
            """
        return try folder.file(named: "model.safetensors.index.json", index.utf8)
    }

    @Test("shards of safetensors read as one file")
    func safetensorsShards() throws {
        let folder = try TemporaryFolder()
        let tensors = try loadWeights(at: sharded(folder, "model-2.safetensors"))
        #expect(tensors.mapValues { $0.floats() } == ["a": [97], "b": [98], "c": [99]])
    }

    @Test(
        "an index that is wrong is refused with what is wrong",
        arguments: [
            ("model-3.safetensors", "", ["model-3.safetensors cannot be read: no such file", "index.json says"]),
            ("model-1.safetensors", "", ["\"c\" is not in \"model-1.safetensors\""]),
            ("../model-2.safetensors", "", ["\"../model-2.safetensors\" is not a file beside it"]),
            ("/model-2.safetensors", "", ["is not a file beside it"]),
            ("", "", ["\"\" is not a file beside it"]),
            ("model-2.safetensors\\u0000x", "", ["is not a file beside it"]),
            (
                "model-2.safetensors", #", "a": "model-2.safetensors""#,
                ["\"a\" is in two files, \"model-1.safetensors\" and \"model-2.safetensors\""]
            ),
            ("model-2.safetensors", #", "d": 3"#, ["index.json"]),
            ("model-2.safetensors", #"}, "weight_map": {"#, ["occurs twice"]),
        ])
    func wrongIndices(place: String, more: String, words: [String]) throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: WeightsError.self) {
            try loadWeights(at: sharded(folder, place, more: more))
        }
        for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
    }

    @Test("a tensor that two shards have is refused")
    func tensorInTwoShards() throws {
        let folder = try TemporaryFolder()
        let index = try sharded(folder, "model-2.safetensors")
        let tensors = ["a": Tensor.zeros([1]), "c": Tensor.zeros([1])]
        try saveSafetensors(tensors, to: folder.url.appending(path: "model-2.safetensors"))
        let error = #expect(throws: WeightsError.self) { try loadWeights(at: index) }
        #expect(error?.description.contains(#""a" is in two files"#) == true)
        let nested = String(repeating: "[", count: 100_000)
        let deep = try folder.file(named: "deep.index.json", "{ \"metadata\": \(nested)".utf8)
        #expect(throws: WeightsError.self) { try loadWeights(at: deep) }
    }

    @Test("MiniLM's safetensors and EfficientNet-Lite0's legacy pickle have the sums that Python finds")
    func realModels() throws {
        let files = [
            "minilm": ModelCache.miniLM.appending(path: "model.safetensors"),
            "efficientnet": ModelCache.efficientNetLite0.appending(path: "efficientnet-lite0.pth"),
        ]
        for (model, expected) in try WeightsFixture.sums() {
            let tensors = try loadWeights(at: try #require(files[model]))
            #expect(tensors.keys.sorted() == expected.keys.sorted())
            for (name, description) in expected {
                let tensor = try #require(tensors[name])
                #expect("\(tensor.dtype)" == description.dtype && tensor.shape == description.shape, "\(name)")
                let values = tensor.doubles()
                let scale = values.reduce(1) { $0 + abs($1) }
                #expect(abs(values.reduce(0, +) - (try #require(description.sum))) < 1e-12 * scale, "\(name)")
            }
        }
    }
}

/// The bytes of a safetensors file with this header and body.
func safetensorsBytes(_ header: String, _ body: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + header.utf8 + body
}
