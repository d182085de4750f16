import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Pictures that are not there")
struct VanishedPictureTests {
    @Test("One that vanishes during training is told once, and training goes on without it")
    func vanishes() throws {
        let run = try TinyRun(pictures: true)
        let picture = run.scratch["corpus/picture.png"]
        run.configuration.training.epochs = 2
        var warnings: [String] = []
        let outcome = try run.train { event in
            switch event {
            case .step(let step, _) where step.step == 2: try FileManager.default.removeItem(at: picture)
            case .warning(let warning): warnings.append(warning)
            default: break
            }
        }
        #expect(outcome.epochs == 2)
        #expect(warnings.count == 1 && warnings[0].contains(picture.path))
        let steps = try run.steps(of: "run")
        #expect(steps.prefix(2).contains { $0.picture != nil } && steps.dropFirst(2).allSatisfy { $0.picture == nil })
        #expect(steps.allSatisfy { $0.loss.isFinite })
    }

    @Test("What is missing from the start is counted, not trained on as something")
    func missing() throws {
        let run = try TinyRun(pictures: true)
        try FileManager.default.removeItem(at: run.scratch["corpus/picture.png"])
        let session = try run.session()
        #expect(session.notes.contains("0 of 66 posts have a picture"))
    }
}
