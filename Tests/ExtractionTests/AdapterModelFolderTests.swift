import Corpus
import Extraction
import Foundation
import Language
import TestSupport
import Testing
import Torch
import Vision

/// Model folders that hold adapters and heads, and name their encoders.
@Suite struct AdapterModelFolderTests {
    let scratch: TemporaryFolder
    var encoder: URL { scratch["encoder"] }
    var folder: URL { scratch["model"] }

    init() throws {
        scratch = try TemporaryFolder()
        try TinyBert.write(to: encoder)
    }

    /// The folder of a small image tower.
    var towerFolder: URL { scratch["tower"] }

    /// A small image tower, from the folder that is written with it.
    private func tower() throws -> any ImageEncoder {
        let config = """
            {"model_type": "clip_vision_model", "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 32, "image_size": 64, "patch_size": 32}
            """
        try scratch.write(config, to: "tower/config.json")
        try scratch.write(#"{"size": 64, "crop_size": 64}"#, to: "tower/preprocessor_config.json")
        Random.seed(3)
        let tower = ImageEncoderConfiguration.published(try PublishedImageEncoder(folder: towerFolder)).makeEncoder()
        let state = tower.state().map { (tower.keyMap.key(for: $0.path), $0.tensor.detached()) }
        let file = towerFolder.appending(path: "model.safetensors")
        try saveSafetensors(Dictionary(uniqueKeysWithValues: state), to: file)
        return try loadImageEncoder(at: towerFolder)
    }

    static func options(_ targets: String...) -> AdapterOptions {
        var options = AdapterOptions()
        (options.rank, options.targets) = (2, targets)
        return options
    }

    /// A model with adapters that change something.
    func extractor(
        encoder name: String? = nil, markers: Bool = false, pictures: Bool = false, _ options: AdapterOptions? = nil
    ) throws -> Extractor {
        Random.seed(5)
        let text = try EncoderReference(.text, name ?? encoder.path)
        let imageEncoder = pictures ? try tower() : nil
        let picture = try imageEncoder.map { _ in try EncoderReference(.picture, towerFolder.path) }
        let extractor = try Extractor.fresh(
            configuration: { encoder, partsOfSpeech in
                var configuration = ModelConfiguration(
                    textEncoderName: "tiny", textEncoder: encoder, imageEncoder: imageEncoder?.configuration,
                    usesContext: true, alignment: Extraction.AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1,
                    maximumLength: 48, labels: SampleModel.labels, partsOfSpeech: partsOfSpeech)
                configuration.task = markers ? .relations : .entities
                configuration.mre.markers = markers
                configuration.encoders = EncoderReferences(
                    text: text, picture: picture, adaptsPicture: imageEncoder != nil)
                return configuration
            }, textFolder: FetchedModels.resolve(name ?? encoder.path), imageEncoder: imageEncoder,
            taggerFolder: ModelCache.tagger, device: .cpu)
        try extractor.addAdapters(options ?? Self.options())
        for (path, tensor) in extractor.model.parameters() where path.hasSuffix(".adapter.up") {
            tensor.fillNormal(deviation: 0.3)
        }
        if let tagger = extractor.model.head as? EntityTagger {
            let output = tagger.classifier.output.weight
            withoutGradients { output.copy(from: output * 20) }
        }
        return extractor
    }

    func save(_ extractor: Extractor, from encoder: URL? = nil) throws {
        try extractor.saveFolder(
            folder, textFolder: encoder ?? self.encoder, taggerFolder: ModelCache.tagger, card: "# A model\n")
        try extractor.saveWeights(to: folder)
    }

    static let posts = (0..<12).map { number in
        Post(
            id: "\(number)", content: .tokens(["Anna", "flew", "to", number.isMultiple(of: 2) ? "Oslo" : "Lima"]),
            context: number.isMultiple(of: 3) ? nil : "a town by the sea",
            entities: [Entity(start: 0, end: 1, type: "PER"), Entity(start: 3, end: 4, type: "LOC")])
    }

    func expectSame(_ one: [Extractor.Extraction], _ other: [Extractor.Extraction], _ tolerance: Double) {
        #expect(one.map(\.annotation) == other.map(\.annotation))
        for (one, other) in zip(one, other) {
            for (one, other) in zip(one.entities.map(\.score), other.entities.map(\.score)) {
                #expect(abs(one - other) < tolerance)
            }
            for (one, other) in zip(one.relations.map(\.score), other.relations.map(\.score)) {
                #expect(abs(one - other) < tolerance)
            }
        }
    }

    @Test(arguments: [false, true])
    func aModelThatWasSavedPredictsTheSameAndAsMergedToTheBit(markers: Bool) throws {
        // The vocabulary of MiniLM keeps tokens for markers.
        let extractor = try extractor(encoder: markers ? "minilm-l6-v2" : nil, markers: markers)
        if markers {
            let rows = try #require(extractor.model.textEncoder.trainedRows().first).tensor
            #expect(rows.shape == [4, 384])
            rows.fillNormal(deviation: 1)
        }
        let expected = try withTrainingMode(false) { try extractor.extract(Self.posts) }
        #expect(expected.contains { !$0.entities.isEmpty || !$0.relations.isEmpty })
        try save(extractor, from: markers ? ModelCache.miniLM : encoder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let expectedNames = ["config.json", "heads.safetensors", "text", "vocab.txt", "README.md", "tagger"]
        #expect(Set(expectedNames).isSubset(of: names))
        #expect(!names.contains("model.safetensors") && !names.contains("picture"))
        let heads = try loadWeights(at: folder.appending(path: "heads.safetensors")).keys
        let ofEncoder = heads.filter { $0.hasPrefix("textEncoder.") }
        #expect(ofEncoder == (markers ? ["textEncoder.embeddings.words.trained.vectors"] : []))

        let loaded = try Extractor(modelFolder: folder)
        #expect(loaded.configuration == extractor.configuration)
        #expect(loaded.model.state().allSatisfy { !$0.path.contains("adapter") && !$0.path.contains("trained") })
        let found = try loaded.extract(Self.posts)
        expectSame(found, expected, 1e-5)

        let whole = scratch["whole"]
        try Extractor.mergeAdapters(ofModelFolder: folder, into: whole)
        try FileManager.default.removeItem(at: encoder)
        let merged = try Extractor(modelFolder: whole)
        #expect(merged.configuration.encoders == nil && merged.configuration.format == "shapca-1")
        #expect(try merged.extract(Self.posts) == found)
        let card = try String(contentsOf: whole.appending(path: "README.md"), encoding: .utf8)
        #expect(card == "# A model\n")
    }

    @Test func mergingHasItsLimits() throws {
        try save(extractor())
        let error = #expect(throws: ModelFolderError.self) {
            try Extractor.mergeAdapters(ofModelFolder: folder, into: encoder)
        }
        #expect(error == .occupied(encoder.path))
        try Extractor.mergeAdapters(ofModelFolder: folder, into: scratch["whole"])
        let again = #expect(throws: ModelFolderError.self) {
            try Extractor.mergeAdapters(ofModelFolder: scratch["whole"], into: scratch["more"])
        }
        #expect(again == .withoutAdapters(scratch["whole"].path))
    }

    @Test func anEncoderThatIsMissingIsNamedAndMayLieElsewhere() throws {
        let name = "tiny-encoder-\(UUID().uuidString)"
        try FileManager.default.moveItem(at: encoder, to: scratch[name])
        let extractor = try extractor(encoder: scratch[name].path)
        try extractor.saveFolder(
            folder, textFolder: scratch[name], taggerFolder: ModelCache.tagger, card: "")
        try extractor.saveWeights(to: folder)
        try FileManager.default.moveItem(at: scratch[name], to: encoder)
        let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: folder) }
        let place = FetchedModels.root.appending(path: name)
        let message = error?.description ?? ""
        #expect(message.contains("needs the text encoder \(scratch[name].path)") && message.contains(place.path))
        #expect(message.contains("put the encoder there"))
        try FileManager.default.copyItem(at: encoder, to: place)
        defer { try? FileManager.default.removeItem(at: place) }
        _ = try Extractor(modelFolder: folder)
    }

    @Test func anotherEncoderIsRefused() throws {
        try save(extractor())
        let file = encoder.appending(path: "model.safetensors")
        let weights = try loadWeights(at: file).mapValues { $0.cloned() }
        weights["embeddings.LayerNorm.bias"]?.fill(0.5)
        try saveSafetensors(weights, to: file)
        let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: folder) }
        let digest = try weightsDigest(at: file)
        #expect(error?.description.contains("needs another text encoder than that of \(encoder.path)") == true)
        #expect(error?.description.contains("not \(digest)") == true)
    }

    @Test func fetchedEncodersAreNamedAsTheyAreCalled() throws {
        let reference = try EncoderReference(.text, "minilm-l6-v2")
        #expect(reference.name == "minilm-l6-v2")
        #expect(reference.sha256.hasPrefix("53aa5117"))
        #expect(try EncoderReference(.text, ModelCache.miniLM.path).name == ModelCache.miniLM.path)
        #expect(
            ModelFolderError.missingEncoder(model: "m", role: "text encoder", name: "minilm-l6-v2", places: ["p"])
                .description.hasSuffix("there is no p; run `make setup`"))
    }

    @Test func filesOfDifferentModelsAreRefused() throws {
        let extractor = try extractor()
        try save(extractor)
        let heads = folder.appending(path: "heads.safetensors")
        let earlier = try Data(contentsOf: heads)
        extractor.model.parameters().first { $0.path.hasSuffix(".adapter.up") }?.tensor.fill(1)
        try extractor.saveWeights(to: folder)
        _ = try Extractor(modelFolder: folder)
        try earlier.write(to: heads)
        let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: folder) }
        #expect(error?.description.contains("was not written with \(heads.path)") == true)
    }

    @Test func theSameModelIsWrittenToTheSameBytes() throws {
        try save(extractor())
        let names = ["heads.safetensors", "text/adapter_model.safetensors", "text/adapter_config.json", "config.json"]
        let bytes = try names.map { try Data(contentsOf: folder.appending(path: $0)) }
        try save(extractor())
        #expect(try names.map { try Data(contentsOf: folder.appending(path: $0)) } == bytes)
    }

    @Test func imageEncodersHaveAdaptersOfTheirOwn() throws {
        let extractor = try extractor(pictures: true, Self.options("query", "q_proj", "mlp.fc1"))
        let tower = try #require(extractor.model.imageEncoder)
        let adapted = (0..<2).flatMap { layer in
            ["mlp.fc1", "self_attn.q_proj"].map { "encoder.layers.\(layer).\($0)" }
        }
        #expect(tower.adapters.adaptedNames.sorted() == adapted)
        #expect(extractor.model.textEncoder.adapters.adaptedNames.allSatisfy { $0.hasSuffix("attention.self.query") })
        let pixels = Tensor.randn([1, 3, 64, 64])
        let expected = withoutGradients { tower(pixels).regions }
        let posts = Self.posts.map { post in
            var post = post
            post.imageURL = SampleModel.photograph
            return post
        }
        let extractions = try withTrainingMode(false) { try extractor.extract(posts) }
        try save(extractor)
        // Frozen but for its adapters, and these are in a folder of their own.
        #expect(tower.parameters().allSatisfy { $0.tensor.requiresGradient == $0.path.contains(".adapter.") })
        let fresh = try loadImageEncoder(at: towerFolder)
        #expect(withoutGradients { fresh(pixels).regions }.floats() != expected.floats())
        try fresh.adapters.add(from: folder.appending(path: "picture"))
        #expect(withoutGradients { fresh(pixels).regions }.floats() == expected.floats())
        let opened = try Extractor(modelFolder: folder)
        let merged = try #require(opened.model.imageEncoder)
        #expect(withoutGradients { (merged(pixels).regions - expected).abs().max().item() } < 1e-5)
        try expectSame(opened.extract(posts), extractions, 1e-4)
        try FileManager.default.removeItem(at: folder.appending(path: "picture"))
        #expect(throws: (any Error).self) { try Extractor(modelFolder: folder) }
    }

    @Test(arguments: [["query", "quarry"], ["q_proj"], ["query"]])
    func namesOfNoLayerAreRefused(targets: [String]) throws {
        var options = Self.options()
        options.targets = targets
        let error = #expect(throws: AdapterError.self) { try extractor(pictures: true, options) }
        #expect(error?.description.hasPrefix("no linear layer ") == true, "\(String(describing: error))")
    }

    @Test func aConfigurationWithoutItsEncodersIsRefused() throws {
        try save(extractor())
        let file = folder.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("shapca-adapters-1"))
        try Data(text.replacing("shapca-adapters-1", with: "shapca-1").utf8).write(to: file)
        let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: folder) }
        #expect(error?.description.contains("the format is \"shapca-1\", not shapca-adapters-1") == true)
    }
}
