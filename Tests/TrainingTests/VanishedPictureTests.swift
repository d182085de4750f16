import Corpus
import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Pictures that are not there")
struct VanishedPictureTests {
    /// Every post has a picture of its own: posts with one and the same would be one player, and so have no game.
    @Test("Those that vanish during training are told once each, and training goes on without them")
    func vanish() throws {
        let run = try TinyRun(pictures: true)
        run.configuration.training.epochs = 2
        var dataset = run.dataset
        var pictures: [URL] = []
        for (number, split) in [Split.train, .valid].enumerated() {
            for index in dataset[split].indices {
                let picture = SamplePicture.tiff(1000 * number + index)
                let file = try run.scratch.write(picture, to: "corpus/\(split)-\(index).tiff")
                dataset.splits[split]?[index].imageURL = file
                if split == .train { pictures.append(file) }
            }
        }
        var warnings: [String] = []
        let outcome = try run.train(run.session("run", on: dataset)) { event in
            switch event {
            case .step(let step, _) where step.step == 2:
                for picture in pictures { try? FileManager.default.removeItem(at: picture) }
            case .warning(let warning): warnings.append(warning)
            default: break
            }
        }
        #expect(outcome.epochs == 2)
        for picture in pictures {
            #expect(warnings.count { $0.hasPrefix("\(picture.path): ") } == 1, "\(picture.lastPathComponent)")
        }
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
