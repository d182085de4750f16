import Corpus
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
        #expect(
            all[0].contains("the model's own probabilities") && written.contains("calibrated on the validation split"))
        #expect(written.contains("Looks at the contexts of posts"), "there are no pictures")
        let fingerprint = try #require(run.dataset.fingerprints["train"])
        #expect(written.contains("| train | 48 | ") && written.contains("| \(fingerprint) |"))
        #expect(written.contains("Finds entities of the types LOC, ORG, PER."))
    }

    @Test("A card of several data sets tells what was annotated in each, and how often it was drawn from")
    func dataSets() throws {
        let run = try TinyRun()
        var source = DataSource(path: run.scratch["corpus"])
        (source.types, source.weight) = (["PER", "LOC", "ORG"], 0.5)
        let session = try TrainingSession(
            run.configuration, dataset: try Dataset.load([source]), contexts: nil, output: run.scratch["run"],
            device: .cpu, resuming: false, card: { ModelCard($0).markdown })
        let card = try String(contentsOf: session.folder.model.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("\n\n| data set | posts learnt from | weight | annotated types |\n"))
        #expect(card.contains("\n| corpus | 48 | 0.5 | LOC, ORG, PER |\n\n## Score\n"))
    }

    @Test("Names of datasets, labels and contexts are text on a card, each in its cell")
    func hostileNames() throws {
        let run = try TinyRun()
        let hostile = "<img src=x onerror=alert(1)> | `a` [x](http://x.example)\n# b\u{202e}"
        var dataset = run.dataset
        dataset.name = hostile
        for split in dataset.splits.keys {
            dataset.splits[split] = dataset[split].map { post in
                var post = post
                for index in post.entities.indices where post.entities[index].type == "LOC" {
                    post.entities[index].type = hostile
                }
                return post
            }
        }
        let session = try TrainingSession(
            run.configuration, dataset: dataset, contexts: nil, output: run.scratch["run"], device: .cpu,
            resuming: false, card: { ModelCard($0).markdown })
        try run.train(session)
        let card = try String(contentsOf: run.scratch["run/model/README.md"], encoding: .utf8)
        let safe = "&lt;img src=x onerror=alert(1)&gt; \\| \\`a\\` [x\\](http&#58;//x.example) # b\u{fffd}"
        #expect(card.contains("## Data: \(safe)\n"))
        #expect(card.contains("Finds entities of the types \(safe), ORG, PER."))
        let unescaped = card.replacing("\\]", with: "")
        for live in ["<", "](", "\u{202e}", "\n# b"] { #expect(!unescaped.contains(live), "\(live)") }
    }
}
