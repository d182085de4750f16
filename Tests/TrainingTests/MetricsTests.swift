import Extraction
import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Lines of metrics")
struct MetricsTests {
    private func read(_ json: String) throws -> Metrics {
        try JSONDecoder().decode(Metrics.self, from: Data(json.utf8))
    }

    private func readStep(_ json: String) throws -> Metrics.Step? {
        if case .step(let step) = try read(json) { step } else { nil }
    }

    private func keys(of metrics: Metrics) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(metrics))
        return Set((object as? [String: Any] ?? [:]).keys)
    }

    private static let earlier = """
        {"step":3,"epoch":0,"loss":1.5,"task":1.25,"semantic":0.5,"modality":-0.25,\
        "semanticCosines":{"own":0.5,"others":-0.125},"modalityCosines":{"own":0.75,"others":0.25},\
        "gradientNorm":2,"rateFactor":0.5}
        """

    @Test("A line of an earlier version is read, and written under the names of today")
    func earlierNames() throws {
        let step = try #require(try readStep(Self.earlier))
        #expect(step.text == 0.5 && step.picture == -0.25)
        #expect(step.textCosines?.own == 0.5 && step.textCosines?.others == -0.125)
        #expect(step.pictureCosines?.own == 0.75 && step.pictureCosines?.others == 0.25)
        #expect(step.step == 3 && step.loss == 1.5 && step.task == 1.25)
        #expect(step.gradientNorm == 2 && step.rateFactor == 0.5)
        #expect(step.hiddenPicture == nil && step.mergedPlayers == nil)
        let names: Set<String> = [
            "step", "epoch", "loss", "task", "text", "picture", "textCosines", "pictureCosines", "gradientNorm",
            "rateFactor",
        ]
        #expect(try keys(of: .step(step)) == names)
        let again = try JSONDecoder().decode(Metrics.self, from: JSONEncoder().encode(Metrics.step(step)))
        #expect(again == .step(step))
    }

    @Test("The lines of a run of an earlier version have their terms")
    func earlierRun() throws {
        let file = Bundle.module.bundleURL.appending(path: "Fixtures/earlier-run-whole.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let named = lines.filter { $0.contains("\"semantic\"") }
        #expect(named.count > 10)
        for line in named {
            let step = try #require(try readStep(line))
            #expect(step.text != nil && step.textCosines != nil && step.picture == nil)
        }
    }

    @Test("What a step of this version tells comes back")
    func today() throws {
        let today = Self.earlier.replacing("semanticCosines", with: "textCosines")
            .replacing("modalityCosines", with: "pictureCosines").replacing("semantic", with: "text")
            .replacing("modality", with: "picture")
        let all = today.dropLast() + #","hiddenPicture":0.75,"mergedPlayers":0.125}"#
        let step = try #require(try readStep(String(all)))
        #expect(step.hiddenPicture == 0.75 && step.mergedPlayers == 0.125)
        #expect(step.text == 0.5 && step.picture == -0.25 && step.pictureCosines?.own == 0.75)
        let again = try JSONDecoder().decode(Metrics.self, from: JSONEncoder().encode(Metrics.step(step)))
        #expect(again == .step(step))
        #expect(try keys(of: again).isSuperset(of: ["hiddenPicture", "mergedPlayers"]))
    }

    @Test("A term that is no number is an error, under either name", arguments: ["semantic", "text"])
    func damaged(_ name: String) {
        let line = Self.earlier.replacing("\"semantic\":0.5", with: "\"\(name)\":\"much\"")
        #expect(throws: DecodingError.self) { try read(line) }
    }

    @Test("Epochs of an aligned run tell what was reached, and what each term asks of the text encoder")
    func alignedEpochs() throws {
        let run = try TinyRun()
        run.configuration.training.epochs = 2
        try run.train(run.session("run", on: DistinctPosts.dataset(in: run.scratch.url)))
        let epochs = try run.epochs(of: "run")
        #expect(epochs.count == 2)
        for epoch in epochs {
            let text = try #require(epoch.alignment?.text)
            let swapped = try #require(text.swapped)
            for cosine in [text.own, text.others, swapped] { #expect(abs(cosine) <= 1 + 1e-5) }
            #expect((0...1).contains(text.top1) && epoch.alignment?.picture == nil)
            let gradients = try #require(epoch.gradients)
            let term = try #require(gradients.text)
            #expect(gradients.task > 0 && term.norm > 0 && abs(term.cosine) <= 1 + 1e-6)
            #expect(gradients.picture == nil)
        }
        // No two posts are alike.
        #expect(try run.steps(of: "run").allSatisfy { $0.text != nil && $0.mergedPlayers == 0 })
    }

    @Test("Steps tell the share of posts that are one player with another, where there is a game")
    func mergedPlayers() throws {
        let run = try TinyRun()
        run.configuration.training.epochs = 1
        try run.train()
        let steps = try run.steps(of: "run")
        for step in steps {
            #expect(step.mergedPlayers != nil || step.text == nil)
            #expect((0...1).contains(step.mergedPlayers ?? 0))
        }
        #expect(steps.contains { ($0.mergedPlayers ?? 0) > 0 }, "contexts recur in the corpus")
    }

    @Test("A run that aligns nothing, or whose encoder is frozen, does not tell what it has not measured")
    func nothingMeasured() throws {
        let run = try TinyRun()
        run.configuration.training.epochs = 1
        let dataset = DistinctPosts.dataset(in: run.scratch.url)
        run.configuration.text.frozen = true
        try run.train(run.session("frozen", on: dataset))
        let frozen = try #require(try run.epochs(of: "frozen").first)
        #expect(frozen.gradients == nil && frozen.alignment?.text != nil)
        run.configuration.alignment.method = .none
        try run.train(run.session("none", on: dataset))
        let none = try #require(try run.epochs(of: "none").first)
        #expect(none.gradients == nil && none.alignment == nil)
        #expect(try run.steps(of: "none").allSatisfy { $0.text == nil && $0.mergedPlayers == nil })
        #expect(try !keys(of: .epoch(none)).contains("alignment"))
    }

    @Test("The loss with hidden pictures has its line where it has a weight", arguments: [0, 0.5])
    func hiddenPictures(_ weight: Double) throws {
        let run = try TinyRun(pictures: true)
        run.configuration.training.epochs = 1
        run.configuration.training.hiddenPicture = weight
        try run.train()
        for step in try run.steps(of: "run") {
            #expect((step.hiddenPicture == nil) == (weight == 0))
            let hidden = weight * (step.hiddenPicture ?? 0)
            let terms = step.task + hidden + run.configuration.alignment.alpha * (step.text ?? 0)
            #expect(step.picture == nil, "all posts have the same picture")
            #expect(abs(step.loss - terms) < 1e-4)
        }
    }
}
