import Foundation
import TestSupport
import Testing
import Torch
import Vision

@Suite("Vision transformers and ConvNeXts of torchvision")
struct TorchvisionEncoderTests {
    private static func fixture(_ name: String) throws -> EncoderFixture.Encoder {
        try #require(Fixture.decode(EncoderFixture.self, "torchvision-encoders.json").encoders[name])
    }

    private func load(_ weights: [String: Tensor], as name: String) throws -> any ImageEncoder {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "\(name).safetensors")
            try saveSafetensors(weights, to: file)
            return try loadImageEncoder(at: file)
        }
    }

    /// `vit_b_16` has the names of published files, `vit_b_8` those of today.
    @Test("Features are those of torchvision", arguments: ["vit_b_16", "vit_b_8", "convnext"])
    func features(_ name: String) throws {
        let expected = try Self.fixture(name)
        let encoder = try load(expected.weights(), as: name)
        let pixels = EncoderFixture.pixels(side: encoder.preprocessing.geometry.cropSide)
        let features = try withTorchErrors { withoutGradients { encoder(pixels) } }
        #expect(features.regions.shape == expected.regions.shape)
        #expect(features.regions.shape == [2, encoder.regionCount, encoder.width])
        #expect(expected.regions.largestDifference(from: features.regions) < 1e-4)
        #expect(expected.pooled.largestDifference(from: features.pooled) < 1e-4)
    }

    @Test("What a model keeps of the encoder makes it again, under its own names", arguments: ["vit_b_16", "convnext"])
    func structure(_ name: String) throws {
        let encoder = try load(Self.fixture(name).weights(), as: name)
        #expect(encoder.configuration.name == name)
        let json = try JSONEncoder().encode(encoder.configuration)
        let copy = try JSONDecoder().decode(ImageEncoderConfiguration.self, from: json).makeEncoder()
        #expect(copy.state().map(\.path) == encoder.state().map(\.path))
        #expect(copy.state().map(\.tensor.shape) == encoder.state().map(\.tensor.shape))
        #expect(copy.preprocessing == encoder.preprocessing)
    }

    @Test("Pictures are scaled as torchvision's weights want them")
    func pictures() throws {
        let small = try load(Self.fixture("vit_b_16").weights(), as: "vit_b_16").preprocessing
        #expect(small.geometry == PictureGeometry(shortestSide: 32, cropSide: 32, filter: .bilinear))
        #expect(small.mean == Preprocessing.imageNet.mean && small.deviation == Preprocessing.imageNet.deviation)
        let map = try load(Self.fixture("convnext").weights(), as: "convnext").preprocessing
        #expect(map.geometry == PictureGeometry(shortestSide: 232, cropSide: 224, filter: .bilinear))
    }

    @Test("A missing weight is named as the network calls it, and a width without known heads is no encoder")
    func wrongWeights() throws {
        var weights = try Self.fixture("vit_b_16").weights()
        weights["encoder.layers.encoder_layer_1.ln_2.bias"] = nil
        let mismatch = #expect(throws: WeightMismatch.self) { try load(weights, as: "vit") }
        #expect(mismatch?.missing.map(\.path) == ["layers.1.innerNorm.bias"] && mismatch?.unused == [])
        weights["conv_proj.weight"] = Tensor.zeros([700, 3, 16, 16])
        let error = #expect(throws: ImageEncoderError.self) { try load(weights, as: "vit") }
        #expect(error?.description.contains("torchvision's vit and convnext") == true)
    }
}
