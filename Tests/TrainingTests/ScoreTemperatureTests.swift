import Extraction
import Foundation
import Testing
import Training
import TrainingTestSupport

@Suite("The temperature that training fits")
struct ScoreTemperatureTests {
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    private func file(_ name: String) -> URL { run.scratch["run/model/\(name)"] }

    @Test("It is that of the best model on the validation split, in its folder")
    func fitted() throws {
        try run.train()
        let model = try Extractor(modelFolder: run.scratch["run/model"])
        let temperature = try #require(model.configuration.scoreTemperature)
        let fitted = try model.fittedTemperature(to: run.dataset.posts(of: .valid), batchSize: 16)
        #expect(fitted.map { abs($0 - temperature) < 1e-3 } == true, "\(temperature)")
        #expect((0.25...16).contains(temperature) && abs(temperature - 1) > 1e-3)
    }

    @Test(
        "A run that is stopped has none yet; resumed, it has that of the run that nobody stopped, and the same weights")
    func resumed() throws {
        try run.train("whole")
        #expect(throws: RunError.self) { try run.train(stopAfter: TinyRun.stepsPerEpoch + 1) }
        #expect(try Extractor(modelFolder: run.scratch["run/model"]).configuration.scoreTemperature == nil)
        try run.train(resuming: true)
        for name in ["config.json", "model.safetensors"] {
            let (resumed, whole) = (
                try Data(contentsOf: file(name)), try Data(contentsOf: run.scratch["whole/model/\(name)"])
            )
            #expect(resumed == whole, "\(name)")
        }
    }

    @Test("A finished run of before gets it when it is resumed, and nothing else of its model changes")
    func earlier() throws {
        try run.train()
        let fitted = try Data(contentsOf: file("config.json"))
        let weights = try Data(contentsOf: file("model.safetensors"))
        try Extractor.setScoreTemperature(nil, ofModelFolder: run.scratch["run/model"])
        #expect(try Data(contentsOf: file("config.json")) != fitted)
        try run.train(resuming: true)
        #expect(try Data(contentsOf: file("config.json")) == fitted)
        #expect(try Data(contentsOf: file("model.safetensors")) == weights)
    }

    @Test("Word pairs have none")
    func joint() throws {
        let run = try TinyRun(relations: true)
        run.configuration.task = .joint
        run.configuration.training.epochs = 1
        try run.train()
        #expect(try Extractor(modelFolder: run.scratch["run/model"]).configuration.scoreTemperature == nil)
    }
}
