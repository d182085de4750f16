import Foundation
import TestSupport
import Testing

@Suite("Where a model's contexts come from")
struct ContextProvenanceTests {
    @Test("The model card names the file of contexts and what made them, whatever the prompt holds")
    func card() throws {
        let scratch = try TemporaryFolder()
        let header = #"{"header": {"generator": "openai", "model": "llava", "prompt": "Who|what?\nSay it."}}"#
        let contexts = try scratch.write(header + "\n", to: "mine.jsonl")
        let training = try Workshop.training(
            scratch["run"], "--contexts", contexts.path, "--set", "training.epochs=1")
        let outcome = try Program.run(training)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let card = try String(contentsOf: scratch["run/model/README.md"], encoding: .utf8)
        let row = "| contexts | mine.jsonl (generator openai, model llava, prompt Who\\|what? Say it.) |"
        #expect(card.contains(row), "\(card)")
    }
}
