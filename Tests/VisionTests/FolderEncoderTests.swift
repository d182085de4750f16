import Foundation
import TestSupport
import Testing
import Torch
import Vision

@Suite("Image encoders from Hugging Face folders")
struct FolderEncoderTests {
    /// The largest difference that is taken for the same, by the largest number.
    private static let tolerance: Float = 1e-4

    private func load(
        _ name: String, change: (inout [String: Any], inout [String: Any]) -> Void = { _, _ in }
    ) throws -> any ImageEncoder {
        try withTemporaryFolder { scratch in
            let folder = scratch.appending(path: "encoder")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try FolderEncoderOracle.write(name, to: folder, change: change)
            return try loadImageEncoder(at: folder)
        }
    }

    @Test("Features and gradients are those of transformers", arguments: FolderEncoderOracle.names)
    func valuesAndGradients(_ name: String) throws {
        let expected = try FolderEncoderOracle.named(name)
        let encoder = try load(name)
        let pixels = expected.picture.requiringGradient()
        let features = try withTorchErrors { encoder(pixels) }
        #expect(features.regions.shape == [2, encoder.regionCount, encoder.width])
        #expect(features.regions.shape == expected.regions.shape && features.pooled.shape == expected.pooled.shape)
        #expect(relativeDifference(features.regions, expected.regions) < Self.tolerance)
        #expect(relativeDifference(features.pooled, expected.pooled) < Self.tolerance)

        typealias Case = FolderEncoderOracle.Case
        let along = features.regions * Case.direction("regions", of: features.regions)
        try withTorchErrors {
            (along.sum() + (features.pooled * Case.direction("pooled", of: features.pooled)).sum()).backward()
        }
        #expect(relativeDifference(try #require(pixels.gradient), expected.pixels) < Self.tolerance)
        let parameters = Dictionary(uniqueKeysWithValues: encoder.parameters().map { ($0.path, $0.tensor) })
        #expect(expected.gradients.count >= parameters.count / 2)
        for (name, expected) in expected.gradients {
            let path = try #require(encoder.keyMap.path(for: name), "\(name)")
            let gradient = try #require(parameters[path]?.gradient, "\(name)")
            let difference = abs(gradient.floats()[expected.index] - expected.value)
            #expect(difference <= Self.tolerance * max(1, abs(expected.value)), "\(name)")
            // The bias of keys changes nothing: its gradient is what rounding leaves.
            let norm = gradient.squared().sum().squareRoot().item()
            #expect(abs(norm - expected.norm) <= 1e-4 * max(1, expected.norm), "\(name)")
        }
    }

    private func relativeDifference(_ tensor: Tensor, _ expected: EncoderFixture.Samples) -> Float {
        expected.largestDifference(from: tensor) * max(expected.largest, 1) / expected.largest
    }

    /// Without a gradient, attention takes other ways.
    @Test("In use, features are the same", arguments: FolderEncoderOracle.names)
    func inUse(_ name: String) throws {
        let expected = try FolderEncoderOracle.named(name)
        let encoder = try load(name)
        encoder.freeze()
        let features = try withTorchErrors { withoutGradients { encoder(expected.picture) } }
        #expect(relativeDifference(features.regions, expected.regions) < Self.tolerance)
        #expect(relativeDifference(features.pooled, expected.pooled) < Self.tolerance)
    }

    @Test("In bf16, features are near, and gradients are numbers", arguments: FolderEncoderOracle.names)
    func halfPrecision(_ name: String) throws {
        let expected = try FolderEncoderOracle.named(name)
        let encoder = try load(name)
        let features = try withTorchErrors { withAutocast(.bfloat16) { encoder(expected.picture) } }
        let (regions, pooled) = (features.regions.to(.float32), features.pooled.to(.float32))
        #expect(relativeDifference(regions, expected.regions) < 0.05)
        #expect(relativeDifference(pooled, expected.pooled) < 0.05)
        try withTorchErrors { (regions.sum() + pooled.sum()).backward() }
        for (path, parameter) in encoder.parameters() {
            let gradient = try #require(parameter.gradient, "\(path)")
            #expect(gradient.isFinite().to(.float32).min().item() == 1, "\(path)")
        }
    }

    @Test("A structure that is written makes the same encoder without the folder", arguments: FolderEncoderOracle.names)
    func structures(_ name: String) throws {
        let expected = try FolderEncoderOracle.named(name)
        let encoder = try load(name)
        let json = try JSONEncoder().encode(encoder.configuration)
        let read = try JSONDecoder().decode(ImageEncoderConfiguration.self, from: json)
        #expect(read == encoder.configuration)
        let copy = read.makeEncoder()
        #expect(copy.preprocessing == encoder.preprocessing && copy.identifier == "encoder")
        try copy.load(Dictionary(uniqueKeysWithValues: encoder.state().map { ($0.path, $0.tensor) }))
        let (first, second) = withoutGradients { (encoder(expected.picture), copy(expected.picture)) }
        #expect(first.regions.floats() == second.regions.floats() && first.pooled.floats() == second.pooled.floats())
    }

    @Test("A structure with a name is written as its name")
    func names() throws {
        for kind in ImageEncoderKind.all {
            let json = try JSONEncoder().encode([ImageEncoderConfiguration.named(kind)])
            #expect(String(decoding: json, as: UTF8.self) == "[\"\(kind.name)\"]")
            #expect(try JSONDecoder().decode([ImageEncoderConfiguration].self, from: json) == [.named(kind)])
        }
    }

    /// The names that published files have beside those of the network: other towers, heads, and what training needs alone.
    @Test(
        "Published names load with and without the prefix of a larger model, other towers and heads left out",
        arguments: [
            (
                "clip", "vision_model.",
                [
                    "vision_model.embeddings.position_ids", "text_model.embeddings.position_ids", "logit_scale",
                    "text_model.embeddings.token_embedding.weight", "text_projection.weight",
                    "visual_projection.weight",
                ]
            ),
            (
                "siglip", "vision_model.",
                ["logit_scale", "logit_bias", "text_model.head.weight", "text_model.final_layer_norm.bias"]
            ),
            ("dinov2", "dinov2.", ["dinov2.embeddings.mask_token", "classifier.weight", "classifier.bias"]),
            (
                "dinov2-registers", "dinov2_with_registers.",
                ["dinov2_with_registers.embeddings.mask_token", "classifier.weight", "classifier.bias"]
            ),
            ("vit", "vit.", ["vit.embeddings.mask_token", "decoder.0.weight", "classifier.weight", "classifier.bias"]),
            ("convnext", "convnext.", ["classifier.weight", "classifier.bias"]),
            ("convnextv2", "convnextv2.", ["classifier.weight", "classifier.bias"]),
        ])
    func publishedNames(_ name: String, _ prefix: String, _ others: [String]) throws {
        let encoder = try load(name)
        let published = try FolderEncoderOracle.named(name).published
        var plain: [String: Tensor] = [:]
        for (name, tensor) in published where !others.contains(name) {
            plain[name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name] = tensor
        }
        var whole: [String: Tensor] = [:]
        for (name, tensor) in plain { whole[prefix + name] = tensor }
        for other in others { whole[other] = Tensor.zeros([1]) }
        for weights in [plain, whole] {
            let copy = encoder.configuration.makeEncoder()
            try copy.load(weights, keyMap: copy.keyMap)
            #expect(copy.state().map { $0.tensor.floats() } == encoder.state().map { $0.tensor.floats() })
        }
        whole["\(prefix)encoder.extra.weight"] = Tensor.zeros([1])
        let mismatch = #expect(throws: WeightMismatch.self) { try encoder.load(whole, keyMap: encoder.keyMap) }
        #expect(mismatch?.unused == ["\(prefix)encoder.extra.weight"])
    }

    @Test(
        "An option that is not followed is refused by name",
        arguments: [
            ("clip", "attention_dropout", "0.1", "must be 0; nothing is dropped"),
            ("vit", "hidden_dropout_prob", "0.1", "must be 0; nothing is dropped"),
            ("dinov2", "drop_path_rate", "0.2", "must be 0; nothing is dropped"),
            ("convnext", "drop_path_rate", "0.2", "must be 0; nothing is dropped"),
            ("vit", "num_channels", "1", "must be 3; pictures have three colours"),
            ("vit", "quantization_config", "{}", "quantised weights are not supported"),
            ("vit", "hidden_act", "\"mish\"", "is \"mish\"; it must be gelu, gelu_pytorch_tanh"),
            ("vit", "num_attention_heads", "5", "does not divide hidden_size (24)"),
            ("vit", "patch_size", "48", "more than image_size (24)"),
            ("vit", "hidden_size", "0", "is 0; it must be a whole number from 1"),
            ("dinov2", "mlp_ratio", "0", "it must be a number from 0.01"),
            ("dinov2-registers", "num_register_tokens", "0", "is 0; it must be a whole number from 1"),
            ("siglip", "vision_use_head", "\"no\"", "expected true or false"),
            ("convnext", "depths", "[1, 2]", "num_stages (3) numbers"),
            ("vit", "model_type", "\"siglip2\"", "NaFlex"),
            ("vit", "model_type", "\"vti\"", "did you mean \"vit\"?"),
            ("vit", "model_type", "\"swin\"", "only clip, clip_vision_model, convnext, convnextv2, dinov2"),
        ])
    func refusedOptions(_ name: String, _ key: String, _ value: String, _ words: String) throws {
        let json = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let error = #expect(throws: ImageEncoderError.self) {
            try load(name) { config, _ in config[key] = json }
        }
        let message = error?.description ?? ""
        #expect(message.contains("config.json: field \(key): ") && message.contains(words), "\(message)")
    }

    @Test("An option of an image tower is refused by its path")
    func refusedTowerOptions() throws {
        let error = #expect(throws: ImageEncoderError.self) {
            try load("clip-whole") { config, _ in
                var tower = config["vision_config"] as? [String: Any] ?? [:]
                tower["hidden_act"] = "mish"
                config["vision_config"] = tower
            }
        }
        #expect(error?.description.contains("field vision_config.hidden_act: is \"mish\"") == true)
    }

    @Test("A folder that lacks a file is refused with its name")
    func missingFiles() throws {
        try withTemporaryFolder { folder in
            try FolderEncoderOracle.write("vit", to: folder)
            let weights = folder.appending(path: "model.safetensors")
            try FileManager.default.removeItem(at: weights)
            #expect(throws: ImageEncoderError.noWeights(folder: folder.path)) { try loadImageEncoder(at: folder) }
            let preprocessor = folder.appending(path: "preprocessor_config.json")
            try FileManager.default.removeItem(at: preprocessor)
            #expect(throws: ImageEncoderError.missingFile(path: preprocessor.path)) { try loadImageEncoder(at: folder) }
        }
    }

    @Test("Pictures of another size than that of the positions are refused, unless the encoder interpolates them")
    func sides() throws {
        let wide: (inout [String: Any], inout [String: Any]) -> Void = { _, preprocessor in
            preprocessor["size"] = ["height": 32, "width": 32]
        }
        for name in ["clip", "siglip", "vit"] {
            let error = #expect(throws: ImageEncoderError.self) { try load(name, change: wide) }
            #expect(error?.description.contains("32 pixels wide, but the encoder's image_size is 24") == true)
        }
        #expect(try load("dinov2", change: wide).regionCount == 16)
        let narrow = #expect(throws: ImageEncoderError.self) {
            try load("dinov2") { $1["size"] = ["height": 7, "width": 7] }
        }
        #expect(narrow?.description.contains("less than a patch") == true)
        let vanished = #expect(throws: ImageEncoderError.self) {
            try load("convnext") { $1["size"] = ["shortest_edge": 15] }
        }
        #expect(vanished?.description.contains("leave nothing") == true)
    }

    @Test("Equal weights under another structure, and other weights, have caches of their own")
    func caches() throws {
        try withTemporaryFolder { root in
            func folder(_ encoder: any ImageEncoder) -> URL? {
                FrozenImageEncoder(encoder, cacheRoot: root).cache?.folder
            }
            let encoder = try load("vit")
            let names = Set([
                folder(encoder), folder(try load("vit") { config, _ in config["hidden_act"] = "relu" }),
                folder(try load("vit") { config, _ in config["num_attention_heads"] = 2 }),
                folder(try load("vit") { $1["resample"] = 3 }), folder(try load("vit") { $1["image_mean"] = 0.25 }),
            ])
            #expect(names.count == 5 && !names.contains(nil))
            let before = folder(encoder)
            encoder.parameters()[0].tensor.fill(0.5)
            #expect(folder(encoder) != before)
        }
    }

    /// Terabytes, had they been taken at their word.
    @Test("Sizes are compared with the weights before memory is taken")
    func hugeSizes() throws {
        let encoder = try load("dinov2-smaller")
        let weights = Dictionary(uniqueKeysWithValues: encoder.state().map { ($0.path, $0.tensor) })
        let json = String(decoding: try JSONEncoder().encode(encoder.configuration), as: UTF8.self)
        for (old, new) in [
            ("\"hidden_size\":24", "\"hidden_size\":984000"),
            ("\"intermediate_size\":72", "\"intermediate_size\":99999999"),
            ("\"patch_size\":8", "\"patch_size\":1"), ("\"num_hidden_layers\":2", "\"num_hidden_layers\":256"),
        ] {
            #expect(json.contains(old), "\(json)")
            let changed = try JSONDecoder().decode(
                ImageEncoderConfiguration.self, from: Data(json.replacing(old, with: new).utf8))
            let huge = try Initialization.deferred { changed.makeEncoder() }
            #expect(throws: WeightMismatch.self) { try huge.load(weights) }
        }
    }

    @Test("A written structure that has been changed is refused by its field")
    func changedStructures() throws {
        let json = String(decoding: try JSONEncoder().encode(try load("vit").configuration), as: UTF8.self)
        for (old, new, words) in [
            ("\"hidden_size\":24", "\"hidden_size\":-1", "hidden_size"),
            ("\"model_type\":\"vit\"", "\"model_type\":\"vat\"", "vat"),
            ("\"cropSide\":24", "\"cropSide\":23", "image_size is 24"),
            ("\"cropSide\":24", "\"cropSide\":99", "whole number"),
            ("\"filter\":\"bilinear\"", "\"filter\":\"thumbnail\"", "keeps the shape"),
            ("\"deviation\":[0.5,", "\"deviation\":[0,", "three numbers above 0"),
        ] {
            #expect(json.contains(old), "\(json)")
            let changed = Data(json.replacing(old, with: new).utf8)
            let error = #expect(throws: DecodingError.self, "\(new)") {
                try JSONDecoder().decode(ImageEncoderConfiguration.self, from: changed)
            }
            #expect("\(String(describing: error))".contains(words), "\(String(describing: error))")
        }
        let named = Data(json.replacing(#/"name":"[^"]*"/#, with: "\"name\":\"../x\"").utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ImageEncoderConfiguration.self, from: named) }
    }
}
