import Extraction
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct ModelFolderTests {
    /// A saved extractor in a folder that is there for one test.
    private func saved(_ extractor: Extractor) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try extractor.saveFolder(
            folder.url, textFolder: ModelCache.miniLM, taggerFolder: ModelCache.tagger, card: "# A model\n")
        try extractor.saveWeights(to: folder.url)
        return folder
    }

    @Test(arguments: [true, false])
    func aModelThatWasSavedPredictsTheSame(pictures: Bool) throws {
        let extractor = try SampleModel.extractor(pictures: pictures)
        let posts = SampleModel.posts.map { post in
            var post = post
            post.imageURL = SampleModel.photograph
            return post
        }
        let expected = try extractor.extract(posts)
        let folder = try saved(extractor)
        let loaded = try Extractor(modelFolder: folder.url)
        #expect(loaded.model.configuration == extractor.model.configuration)
        #expect(try loaded.extract(posts) == expected)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(Set(["config.json", "model.safetensors", "vocab.txt", "README.md", "tagger"]).isSubset(of: names))
    }

    @Test func aModelWithEveryWayToItsPicturesPredictsTheSame() throws {
        let extractor = try SampleModel.extractor {
            ($0.alignment.shared, $0.fusion.paths) = (true, .both)
        }
        let posts = SampleModel.posts.enumerated().map { index, post in
            var post = post
            post.imageURL = index.isMultiple(of: 2) ? SampleModel.photograph : nil
            return post
        }
        let expected = try extractor.extract(posts)
        let folder = try saved(extractor)
        let loaded = try Extractor(modelFolder: folder.url)
        #expect(loaded.model.configuration == extractor.model.configuration)
        #expect(try loaded.extract(posts) == expected)
    }

    /// Without the keys that it did not know, a folder of version 0.1.0 is the model that it was.
    @Test func foldersOfEarlierVersionsAreRead() throws {
        let extractor = try SampleModel.extractor(pictures: false) { $0.fusion.paths = .picture }
        let folder = try saved(extractor)
        let file = folder.url.appending(path: "config.json")
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        for key in ["shared", "players", "paths", "reduction", "maximumPictures"] {
            let index = try #require(lines.firstIndex { $0.contains("\"\(key)\" :") }, "\(key)")
            lines.remove(at: index)
        }
        // `"head" : { "syntax" : true },` on three lines.
        let head = try #require(lines.firstIndex { $0.hasSuffix("\"head\" : {") })
        lines.removeSubrange(head..<(head + 3))
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        let loaded = try Extractor(modelFolder: folder.url)
        #expect(loaded.model.configuration == extractor.model.configuration)
        #expect(try loaded.extract(SampleModel.posts) == extractor.extract(SampleModel.posts))
    }

    @Test func foldersThatHoldNoModelAreNamed() throws {
        let folder = try TemporaryFolder()
        #expect(throws: ModelFolderError.notAModel(folder.url.path)) { try Extractor(modelFolder: folder.url) }
    }

    @Test(arguments: [
        ("\"format\" : \"shapca-1\"", "\"format\" : \"shapca-9\"", "shapca-9"),
        ("\"heads\" : 8", "\"heads\" : 0", "fusion.heads"),
        ("\"heads\" : 8", "\"heads\" : 7", "fusion.heads"),
        ("\"maximumLength\" : 128", "\"maximumLength\" : 9999", "maximumLength"),
        ("\"maximumLength\" : 128", "\"maximumLength\" : -1", "maximumLength"),
        ("\"max_position_embeddings\" : 512", "\"max_position_embeddings\" : 2", "maximumLength"),
        ("\"dropout\" : 0.1", "\"dropout\" : 2", "field dropout: is 2.0; it must be a number from 0 to 0.99"),
        (
            "\"via\" : \"context\"", "\"via\" : \"magic\"",
            "field alignment.via: is \"magic\"; it must be context or direct"
        ),
        (
            "\"pooling\" : \"mean\"", "\"pooling\" : \"max\"",
            "field alignment.pooling: is \"max\"; it must be mean or cls"
        ),
        (
            "\"hidden_act\" : \"gelu\"", "\"hidden_act\" : \"swish\"",
            "field textEncoder.hidden_act: is \"swish\"; it must be gelu, gelu_new or relu"
        ),
        ("\"task\" : \"entities\"", "\"task\" : \"events\"", "field task: is \"events\"; it must be entities"),
        ("\"samples\" : 16", "\"samples\" : 1e12", "field alignment.samples: is 1000000000000; it must be"),
        ("\"alpha\" : 0.02", "\"alpha\" : -1", "field alignment.alpha: is -1.0; it must be a number from 0 to 1000"),
        ("\"beta\" : 0.04", "\"beta\" : 1e999", "field alignment.beta: must be a number from 0 to 1000"),
        ("\"width\" : 256", "\"width\" : 1099511627776", "field fusion.width: is 1099511627776"),
        ("\"temperature\" : 0.1", "\"temperature\" : 0", "field alignment.temperature: is 0.0"),
        (
            "\"entityTypes\" : [", "\"entityTypes\" : [\((0..<2000).map { "\"t\($0)\"," }.joined())",
            "field labels.entityTypes: has 2004 types; it must have at most 1000"
        ),
        ("\"head\" :", "\"imageEncoder\" : \"resnet9\", \"head\" :", "field imageEncoder: no image encoder is called"),
        (
            "\"maximumPictures\" : 4", "\"maximumPictures\" : 0",
            "field maximumPictures: is 0; it must be a whole number from 1 to 64"
        ),
        ("\"projection\"", "\"protection\"", "field alignment.projection: missing"),
        ("\"markers\" : false", "\"markers\" : true", "mre.markers"),
        ("{", "", "config.json"),
    ])
    func configurationsThatCannotBeAreNamed(old: String, new: String, word: String) throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let folder = try TemporaryFolder()
        try extractor.saveFolder(
            folder.url, textFolder: ModelCache.miniLM, taggerFolder: ModelCache.tagger, card: "")
        let file = folder.url.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old))
        try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: file)
        let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: folder.url) }
        let message = error?.description ?? ""
        #expect(message.contains(word) && message.contains("config.json: "), "\(message)")
        #expect(message.foreignWords.isEmpty, "\(message)")
    }

    /// A hundred gigabytes, had they been taken at their word.
    @Test(arguments: [
        ("\"width\" : 256", "\"width\" : 8192"), ("\"vocab_size\" : 30522", "\"vocab_size\" : 1000000"),
        ("\"hidden_size\" : 384", "\"hidden_size\" : 984000"),
        ("\"num_hidden_layers\" : 6", "\"num_hidden_layers\" : 256"),
    ])
    func sizesAreComparedWithTheWeightsBeforeMemoryIsTaken(old: String, new: String) throws {
        let folder = try saved(try SampleModel.extractor(pictures: false))
        let file = folder.url.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old))
        try Data(text.replacing(old, with: new, maxReplacements: 1).utf8).write(to: file)
        let error = #expect(throws: WeightMismatch.self) { try Extractor(modelFolder: folder.url) }
        #expect(error?.description.contains("model.safetensors: the weights do not fit the model") == true)
    }

    @Test func weightsOfAnotherModelAreRefused() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let folder = try saved(extractor)
        let file = folder.url.appending(path: "model.safetensors")
        var weights = try loadWeights(at: file).mapValues { $0 * 1 }
        weights["head.crf.start"] = Tensor.zeros([3])
        weights["head.crf.finish"] = weights.removeValue(forKey: "head.crf.end")
        try saveSafetensors(weights, to: file)
        let mismatch = #expect(throws: WeightMismatch.self) { try Extractor(modelFolder: folder.url) }
        #expect(mismatch?.missing.map(\.path) == ["head.crf.end"] && mismatch?.unused == ["head.crf.finish"])
        #expect(mismatch?.shapes.map(\.path) == ["head.crf.start"])
        try FileManager.default.removeItem(at: file)
        #expect(throws: (any Error).self) { try Extractor(modelFolder: folder.url) }
    }

    @Test func fetchedModelsAreFoundByName() throws {
        #expect(try FetchedModels.resolve("minilm-l6-v2").path == ModelCache.miniLM.path)
        #expect(try FetchedModels.resolve(ModelCache.tagger.path).path == ModelCache.tagger.path)
        let error = #expect(throws: AssetError.self) { try FetchedModels.resolve("minilm") }
        #expect(error?.description.contains("minilm-l6-v2") == true)
    }

    @Test func anotherTaggerThanThatOfTheTrainingIsRefused() throws {
        let folder = try saved(try SampleModel.extractor(pictures: false))
        let file = folder.url.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("\"NNP\""))
        try Data(text.replacing("\"NNP\"", with: "\"NNQ\"").utf8).write(to: file)
        let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: folder.url) }
        #expect(error?.description.contains("another tagger") == true)
    }
}
