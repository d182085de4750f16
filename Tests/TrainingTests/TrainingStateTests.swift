import Foundation
import TestSupport
import Testing
import Torch
import Training

@Suite("States of training")
struct TrainingStateTests {
    private func again(_ state: TrainingState) throws -> TrainingState {
        try JSONDecoder().decode(TrainingState.self, from: JSONEncoder().encode(state))
    }

    @Test("A checkpoint that does not say how batches are cut is read as one that does not say it")
    func earlier() throws {
        let json = #"{"epoch":1,"batch":2,"step":8,"seconds":1.5,"epochSeconds":0.5,"best":{"f1":0.25,"epoch":0}}"#
        let state = try JSONDecoder().decode(TrainingState.self, from: Data(json.utf8))
        #expect(state.batching == nil && state.step == 8 && state.best?.f1 == 0.25)
        let found = try again(state)
        #expect(found == state && found.batching == nil)
    }

    @Test("A run that begins merges equal posts, and every rule comes back")
    func rules() throws {
        #expect(TrainingState().batching == .merged)
        let rules: [TrainingState.Batching?] = [.merged, .separate, nil]
        for rule in rules {
            var state = TrainingState()
            (state.batching, state.step) = (rule, 7)
            let found = try again(state)
            #expect(found == state && found.batching == rule)
        }
    }

    @Test(
        "A checkpoint with numbers that no run reaches is refused by its name",
        arguments: [
            #""epoch":-1"#, #""epoch":9223372036854775807"#, #""batch":-1"#, #""step":9223372036854775807"#,
            #""seconds":-1"#, #""seconds":1e300"#, #""step":1e40"#, #""batching":"shuffled""#,
            #""best":{"f1":0.5,"epoch":-9223372036854775808}"#,
        ])
    func impossible(field: String) throws {
        let key = String(field.split(separator: ":")[0])
        let fields = [#""epoch":1"#, #""batch":2"#, #""step":8"#, #""seconds":1.5"#].filter { !$0.hasPrefix(key) }
        let json = "{\((fields + [field]).joined(separator: ","))}"
        let folder = try TemporaryFolder()
        let run = RunFolder(url: folder.url)
        try saveSafetensors(["a": Tensor.zeros([1])], metadata: ["state": json], to: run.checkpoint)
        let error = #expect(throws: RunError.self) { _ = try run.lastState() }
        let message = error?.description ?? ""
        #expect(message.contains("checkpoint.safetensors cannot be read: "), "\(message)")
        let name = key.trimmingCharacters(in: ["\""])
        #expect(message.contains("its state has numbers") || message.contains("field \(name): "), "\(message)")
        #expect(message.foreignWords.isEmpty, "\(message)")
    }

    @Test("A rule that no version has is an error")
    func unknownRule() {
        let json = #"{"epoch":1,"batch":2,"step":8,"seconds":1.5,"batching":"shuffled"}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(TrainingState.self, from: Data(json.utf8))
        }
    }
}
