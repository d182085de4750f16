import Corpus
import Evaluation
import Extraction
import Foundation
import TestSupport
import Testing
import Torch
import Training
import TrainingTestSupport

@Suite("Runs that train adapters")
struct AdapterRunTests {
    private let run: TinyRun

    init() throws {
        run = try TinyRun()
        (run.configuration.adapter.rank, run.configuration.adapter.alpha) = (4, 8)
    }

    private func isOfEncoder(_ path: String) -> Bool { path.contains("textEncoder.") }

    @Test("Adapters learn and the encoder's own weights stay; the model that is kept has the score of the trained one")
    func training() throws {
        run.configuration.training.epochs = 12
        let session = try run.session()
        let parameters = session.extractor.model.textEncoder.parameters()
        let before = parameters.map { $0.tensor.floats() }
        let outcome = try run.train(session)
        for ((path, tensor), before) in zip(parameters, before) {
            #expect((tensor.floats() != before) == path.contains(".adapter."), "\(path)")
        }
        #expect(outcome.best.f1 > 0.6)
        let posts = run.dataset[.valid]
        let found = try Extractor(modelFolder: run.scratch["run/model"]).extract(posts).map {
            $0.entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) }
        }
        #expect(Scores(gold: posts.map(\.entities), predicted: found).overall.f1 == outcome.best.f1)
        #expect(session.notes.contains { $0.contains(" parameters (text encoder ") && $0.contains("are trained") })
    }

    @Test("A checkpoint holds what is learnt, moments for it, and nothing of the encoder")
    func checkpoint() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: 2) }
        let keys = try run.checkpoint(of: "run").keys
        let ofEncoder = keys.filter(isOfEncoder)
        #expect(!ofEncoder.isEmpty && ofEncoder.allSatisfy { $0.contains(".adapter.") })
        let trained = Set(keys.filter { $0.hasPrefix("model.") }.map { $0.dropFirst("model.".count) })
        let moments = keys.filter { $0.hasSuffix(".firstMoment") }.map {
            $0.dropFirst("optimizer.".count).dropLast(".firstMoment".count)
        }
        #expect(trained == Set(moments))
    }

    @Test("A run that is stopped and resumed is the same to the bit, with dropout too", arguments: [1, 9])
    func resuming(step: Int) throws {
        run.configuration.adapter.dropout = 0.2
        try run.train("whole")
        #expect(throws: RunError.self) { try run.train("stopped", stopAfter: step) }
        try run.train("stopped", resuming: true)
        #expect(try run.steps(of: "stopped") == run.steps(of: "whole"))
        #expect(try run.checkpoint(of: "stopped") == run.checkpoint(of: "whole"))
        for name in ["heads.safetensors", "text/adapter_model.safetensors", "text/adapter_config.json"] {
            let models = try ["stopped", "whole"].map { try Data(contentsOf: run.scratch["\($0)/model/\(name)"]) }
            #expect(models[0] == models[1], "\(name)")
        }
    }

    @Test("Another encoder is noticed before a run goes on with it")
    func otherEncoder() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: 2) }
        let file = run.scratch["encoder/model.safetensors"]
        let weights = try loadWeights(at: file).mapValues { $0.cloned() }
        weights["embeddings.LayerNorm.bias"]?.fill(0.5)
        try saveSafetensors(weights, to: file)
        let error = #expect(throws: RunError.self) { try run.train(resuming: true) }
        #expect(error?.description.contains("the weights of the text encoder have the SHA-256") == true)
    }

    @Test("The rank is a setting like others when a run is resumed")
    func otherRank() throws {
        #expect(throws: RunError.self) { try run.train(stopAfter: 2) }
        run.configuration.adapter.rank = 8
        let error = #expect(throws: RunError.self) { try run.train(resuming: true) }
        #expect(error?.description.contains("adapter.rank is 4 there, 8 here") == true)
    }

    @Test("Adapters learn at the rate of their encoder, or at one of their own")
    func rates() throws {
        run.configuration.learningRates["textEncoder.layers.0"] = 0
        run.configuration.training.epochs = 1
        let session = try run.session()
        let adapters = session.extractor.model.textEncoder.parameters().filter { $0.path.hasSuffix(".adapter.down") }
        let before = adapters.map { $0.tensor.floats() }
        try run.train(session)
        for ((path, tensor), before) in zip(adapters, before) {
            #expect((tensor.floats() == before) == path.hasPrefix("layers.0."), "\(path)")
        }
    }

    @Test("What cannot be adapted is refused with what to do")
    func refusals() throws {
        run.configuration.adapter.targets = ["query", "quarry"]
        let names = #expect(throws: ConfigurationError.self) { try run.session("names") }
        #expect(names?.description.contains("adapter.targets: ") == true)
        #expect(names?.description.contains("\"quarry\"; did you mean query?") == true)
        run.configuration.adapter.targets = []
        let frozen = #expect(throws: ConfigurationError.self) {
            try run.configuration.apply(overrides: ["text.frozen=true"])
        }
        #expect(frozen?.description.contains("set text.frozen = false") == true)
        let pictures = try TinyRun(pictures: true)
        (pictures.configuration.adapter.rank, pictures.configuration.picture.frozen) = (2, false)
        let layers = #expect(throws: ConfigurationError.self) { try pictures.session() }
        #expect(layers?.description.contains("picture.frozen = true") == true)
    }

    @Test("A frozen image encoder is named with its weights, beside the adapters of the text encoder")
    func pictures() throws {
        let run = try TinyRun(pictures: true)
        run.configuration.adapter.rank = 2
        run.configuration.training.epochs = 1
        try run.train()
        let model = try Extractor(modelFolder: run.scratch["run/model"])
        let encoders = try #require(model.configuration.encoders)
        #expect(encoders.picture?.name == "efficientnet-lite0" && !encoders.adaptsPicture)
        let keys = try loadWeights(at: run.scratch["run/model/heads.safetensors"]).keys
        #expect(!keys.contains { $0.hasPrefix("imageEncoder.") } && keys.contains("imageProjection.weight"))
        #expect(try !run.checkpoint(of: "run").keys.contains { $0.contains("imageEncoder.") })
        var post = run.dataset[.test][0]
        post.imageURL = run.scratch["corpus/picture.png"]
        #expect(try model.extract([post])[0].imageStatus == .used)
    }
}
