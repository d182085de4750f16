import Foundation
import TestSupport
import Testing
import Torch
import Vision

@Suite("Image encoders")
struct ImageEncoderTests {
    @Test(
        "Features are those of torchvision and transformers",
        arguments: ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "clip-vit-base-patch32"])
    func features(_ name: String) throws {
        let expected = try EncoderFixture.encoder(name)
        let encoder = try Initialization.deferred { try makeImageEncoder(name) }
        try encoder.load(expected.weights(), keyMap: encoder.keyMap)
        try expectFeatures(of: encoder, expected)
    }

    @Test("EfficientNet-Lite0's own weights give the features of its PyTorch original")
    func efficientNet() throws {
        let encoder = try loadImageEncoder(at: ModelCache.efficientNetLite0)
        try expectFeatures(of: encoder, EncoderFixture.encoder("efficientnet-lite0"))
    }

    @Test("EfficientNet-Lite2's features are those of its PyTorch original")
    func efficientNetLite2() throws {
        let expected = try Fixture.decode(EncoderFixture.Encoder.self, "efficientnet-lite2.json")
        let encoder = try Initialization.deferred { EfficientNetLite(.lite2) }
        try encoder.load(expected.weights(), keyMap: encoder.keyMap)
        #expect(encoder.preprocessing.geometry == PictureGeometry(shortestSide: 292, cropSide: 260))
        try expectFeatures(of: encoder, expected)
        #expect(ImageEncoderKind(keys: expected.keys.keys) == .efficientNetLite2)
    }

    private func expectFeatures(of encoder: any ImageEncoder, _ expected: EncoderFixture.Encoder) throws {
        let pixels = EncoderFixture.pixels(side: encoder.preprocessing.geometry.cropSide)
        let features = try withTorchErrors { withoutGradients { encoder(pixels) } }
        #expect(features.regions.shape == expected.regions.shape)
        #expect(features.regions.shape == [2, encoder.regionCount, encoder.width])
        #expect(features.pooled.shape == expected.pooled.shape)
        #expect(expected.regions.largestDifference(from: features.regions) < 1e-4)
        #expect(expected.pooled.largestDifference(from: features.pooled) < 1e-4)
    }

    @Test("CLIP's weights load with their prefix, beside a text model, too")
    func wholeCLIP() throws {
        var weights: [String: Tensor] = [:]
        for (name, tensor) in try EncoderFixture.encoder("clip-vit-base-patch32").weights() {
            weights["vision_model.\(name)"] = tensor
        }
        weights["vision_model.embeddings.position_ids"] = Tensor.arange(50).unsqueezed(0)
        for name in ["text_model.embeddings.token_embedding.weight", "logit_scale", "visual_projection.weight"] {
            weights[name] = Tensor.zeros([1])
        }
        let encoder = try Initialization.deferred { ImageEncoderKind.clipViTB32.makeEncoder() }
        #expect(throws: Never.self) { try encoder.load(weights, keyMap: encoder.keyMap) }
    }

    /// Models of earlier versions have these names in their files.
    @Test("The parameters of CLIP's tower are called as they always were")
    func pathsOfCLIP() throws {
        let encoder = try Initialization.deferred { ImageEncoderKind.clipViTB32.makeEncoder() }
        let layer = [
            "attentionNorm.weight", "attentionNorm.bias", "query.weight", "query.bias", "key.weight", "key.bias",
            "value.weight", "value.bias", "output.weight", "output.bias", "innerNorm.weight", "innerNorm.bias",
            "widening.weight", "widening.bias", "narrowing.weight", "narrowing.bias",
        ]
        let first = [
            "classEmbedding", "patchEmbedding.weight", "positionEmbedding.weight", "firstNorm.weight", "firstNorm.bias",
        ]
        let layers = (0..<12).flatMap { index in layer.map { "layers.\(index).\($0)" } }
        #expect(encoder.state().map(\.path) == first + layers + ["lastNorm.weight", "lastNorm.bias"])
    }

    @Test("Encoders are the sizes that were published, classifiers left out")
    func parameterCounts() throws {
        let counts = try Initialization.deferred {
            ImageEncoderKind.all.map { kind in kind.makeEncoder().parameterCount() }
        }
        // torchvision's and transformers' counts; a ResNet's classifier has 1000 (width + 1) parameters.
        #expect(
            counts == [
                11_689_512 - 513_000, 21_797_672 - 513_000, 25_557_032 - 2_049_000, 44_549_160 - 2_049_000,
                60_192_808 - 2_049_000, 87_456_000, 4_652_008 - 1_281_000, 6_092_072 - 1_281_000,
            ])
    }

    @Test("Architectures are recognised by the names of their weights, and by their own names")
    func kinds() throws {
        for kind in ImageEncoderKind.all {
            #expect(try ImageEncoderKind(named: kind.name) == kind)
            if [.efficientNetLite0, .efficientNetLite2].contains(kind) { continue }
            #expect(try ImageEncoderKind(keys: EncoderFixture.encoder(kind.name).keys.keys) == kind)
        }
        #expect(ImageEncoderKind(keys: ["bert.embeddings.word_embeddings.weight"]) == nil)
        #expect(throws: ImageEncoderError.unknownName("vgg16")) { try makeImageEncoder("vgg16") }
        #expect(ImageEncoderError.unknownName("vgg16").description.contains("efficientnet-lite0"))
        let near = ImageEncoderError.unknownName("resnet51").description
        #expect(near.contains("did you mean \"resnet50\"?") && near.contains("a Hugging Face folder of clip, "))
    }

    @Test("Statistics are learned while training, and gradients reach every parameter")
    func training() throws {
        let encoder = EfficientNetLite(.lite0)
        let before = encoder.buffers().map { $0.tensor.cloned() }
        try withTrainingMode {
            try withTorchErrors { encoder(EncoderFixture.pixels()).pooled.squared().sum().backward() }
        }
        #expect(encoder.parameters().allSatisfy { $0.tensor.gradient != nil })
        #expect(zip(before, encoder.buffers()).allSatisfy { ($0 - $1.tensor).abs().sum().item() > 0 })
        let after = encoder.buffers().map { $0.tensor.cloned() }
        _ = withoutGradients { encoder(EncoderFixture.pixels()) }
        #expect(zip(after, encoder.buffers()).allSatisfy { ($0 - $1.tensor).abs().sum().item() == 0 })
    }

    @Test("Weights in several files are those of one, and quantised ones are refused by name and file")
    func shardsAndQuantisedWeights() throws {
        var weights = try EncoderFixture.encoder("resnet18").weights()
        try withTemporaryFolder { folder in
            let names = weights.keys.sorted()
            var map: [String: String] = [:]
            for (number, part) in [names.prefix(40), names.dropFirst(40)].enumerated() {
                let shard = "model-0000\(number + 1)-of-00002.safetensors"
                try saveSafetensors(weights.filter { part.contains($0.key) }, to: folder.appending(path: shard))
                for name in part { map[name] = shard }
            }
            let index = try JSONEncoder().encode(["weight_map": map])
            try index.write(to: folder.appending(path: "model.safetensors.index.json"))
            let encoder = try loadImageEncoder(at: folder)
            #expect(encoder.identifier == "resnet18")
            let whole = ResNet(.layers18)
            try whole.load(weights, keyMap: whole.keyMap)
            #expect(encoder.state().map { $0.tensor.floats() } == whole.state().map { $0.tensor.floats() })

            weights["layer1.0.conv1.weight"] = weights["layer1.0.conv1.weight"]?.to(.int8)
            let file = folder.appending(path: "model.safetensors")
            try saveSafetensors(weights, to: file)
            let mismatch = #expect(throws: WeightMismatch.self) { try loadImageEncoder(at: folder) }
            #expect(mismatch?.types.map(\.found) == [.int8] && mismatch?.file == file.path)
        }
    }

    @Test("Weights that are not an encoder's are refused with a reason")
    func wrongWeights() throws {
        try withTemporaryFolder { folder in
            #expect(throws: ImageEncoderError.noWeights(folder: folder.path)) { try loadImageEncoder(at: folder) }
            try Data("nonsense".utf8).write(to: folder.appending(path: "resnet18.pth"))
            #expect(throws: (any Error).self) { try loadImageEncoder(at: folder) }
        }
        let language = ModelCache.miniLM.appending(path: "model.safetensors")
        #expect(throws: ImageEncoderError.unknownArchitecture(file: language.path)) {
            try loadImageEncoder(at: language)
        }
        let error = #expect(throws: ImageEncoderError.self) { try loadImageEncoder(at: ModelCache.miniLM) }
        #expect(error?.description.contains("config.json: field model_type: is \"bert\"") == true)
        let encoder = ResNet(.layers18)
        var weights = try EncoderFixture.encoder("resnet18").weights()
        weights["layer1.0.conv1.weight"] = nil
        weights["layer1.0.conv9.weight"] = Tensor.zeros([1])
        #expect(throws: WeightMismatch.self) { try encoder.load(weights, keyMap: encoder.keyMap) }
    }
}
