import Foundation
import Testing
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

    @Test("A rule that no version has is an error")
    func unknownRule() {
        let json = #"{"epoch":1,"batch":2,"step":8,"seconds":1.5,"batching":"shuffled"}"#
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(TrainingState.self, from: Data(json.utf8))
        }
    }
}
