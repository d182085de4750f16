import Foundation
import Reporting
import Synchronization
import Testing
import Training
import TrainingTestSupport

@Suite("Model cards")
struct ModelCardTests {
    @Test("A card tells what the model sees and what it was trained on, and its score once training has finished")
    func markdown() throws {
        let run = try TinyRun()
        let cards = Mutex<[String]>([])
        let session = try TrainingSession(
            run.configuration, dataset: run.dataset, contexts: nil, output: run.scratch["run"], device: .cpu,
            resuming: false
        ) { model in
            let card = ModelCard(model).markdown
            cards.withLock { $0.append(card) }
            return card
        }
        let outcome = try run.train(session)
        let written = try String(contentsOf: run.scratch["run/model/README.md"], encoding: .utf8)
        let all = cards.withLock { $0 }
        #expect(all.count == 2 && written == all[1])
        #expect(all[0].contains("Training has not finished.") && !all[1].contains("Training has not finished."))
        #expect(written.contains(String(format: "%.2f F1", 100 * outcome.best.f1)))
        #expect(written.contains("Looks at the contexts of posts"), "there are no pictures")
        let fingerprint = try #require(run.dataset.fingerprints["train"])
        #expect(written.contains("| train | 48 | ") && written.contains("| \(fingerprint) |"))
        #expect(written.contains("Finds entities of the types LOC, ORG, PER."))
    }
}
