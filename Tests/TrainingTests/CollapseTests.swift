import Corpus
import Extraction
import Foundation
import TestSupport
import Testing
import Torch
import Training
import TrainingTestSupport

/// Runs that learn nothing, whose alignment is what this suite makes of the encoder.
@Suite("An alignment that collapses")
struct CollapseTests {
    private static let names = ["Anna", "Oslo", "Acme", "Bruno", "Lima", "Hooli", "Clara", "Cairo"]

    private let run: TinyRun
    private let dataset: Dataset

    /// Every context says what its post says, and both are read apart: own cosines are 1, others far from it.
    init() throws {
        run = try TinyRun()
        run.configuration.learningRates.merge(["default": 0, "textEncoder": 0]) { $1 }
        run.configuration.alignment.encoding = .separate
        run.configuration.alignment.negatives = .sum
        let posts = Self.names.map { name in
            Post(
                id: name, content: .tokens([name]), context: name, entities: [Entity(start: 0, end: 1, type: "name")])
        }
        dataset = Dataset(name: "echoes", folder: run.scratch.url, splits: [.train: posts, .valid: posts])
    }

    /// Without weights every text and context is the bias of the encoder's last layer.
    private func collapse(_ session: TrainingSession) {
        for (path, tensor) in session.extractor.model.textEncoder.parameters() where path.hasSuffix("weight") {
            tensor.fill(0)
        }
    }

    /// Trains three epochs.
    /// - Parameter epoch: the epoch after which the encoder collapses; nil for none.
    private func warnings(_ folder: String = "run", collapsingAfter epoch: Int? = nil) throws -> [String] {
        let session = try run.session(folder, on: dataset)
        if epoch == 0 { collapse(session) }
        var warnings: [String] = []
        try run.train(session) { event in
            switch event {
            case .epoch(let metrics, _) where metrics.epoch + 1 == epoch: collapse(session)
            case .warning(let warning): warnings.append(warning)
            default: break
            }
        }
        return warnings
    }

    private static let ending = "the alignment of texts and contexts does not tell own pairs from others: "

    @Test("One that tells own pairs from others is not warned of")
    func separated() throws {
        #expect(try warnings().isEmpty)
        for epoch in try run.epochs(of: "run") {
            let text = try #require(epoch.alignment?.text)
            #expect(abs(text.own - 1) < 1e-4 && text.separation > 0.3 && text.top1 == 1)
        }
    }

    @Test("One that told them before is warned of once, when it happens, and at the end")
    func collapsing() throws {
        let warnings = try warnings(collapsingAfter: 1)
        #expect(warnings.count == 2)
        let beginning = "the alignment of texts and contexts has collapsed in epoch 2: cosines of own pairs "
        #expect(warnings.first?.hasPrefix(beginning) == true)
        #expect(warnings.last?.hasPrefix(Self.ending) == true)
        #expect(warnings.allSatisfy { $0.contains("; set alignment.negatives=mean, or alignment.method=none") })
        let separations = try run.epochs(of: "run").map { $0.alignment?.text?.separation ?? .nan }
        #expect(separations.count == 3 && separations[0] > 0.3 && separations[1...].allSatisfy { abs($0) < 1e-4 })
    }

    @Test("One that never told them is warned of at the end, with the remedy of its form")
    func neverSeparated() throws {
        run.configuration.alignment.method = .infonce
        let warnings = try warnings(collapsingAfter: 0)
        #expect(warnings.count == 1 && warnings[0].hasPrefix(Self.ending))
        #expect(warnings[0].contains("; raise alignment.alpha and alignment.beta"))
    }

    @Test("A collapse before a run was stopped is not told again as one after it")
    func resumed() throws {
        let session = try run.session("run", on: dataset)
        var isCollapsed = false
        #expect(throws: RunError.self) {
            _ = try session.run(
                shouldStop: { isCollapsed },
                observe: { event in
                    guard case .epoch(let metrics, _) = event else { return }
                    if metrics.epoch == 0 { collapse(session) } else { isCollapsed = true }
                })
        }
        var warnings: [String] = []
        try run.train(run.session("run", on: dataset, resuming: true)) { event in
            if case .warning(let warning) = event { warnings.append(warning) }
        }
        #expect(warnings.count == 1 && warnings.first?.hasPrefix(Self.ending) == true)
    }
}
