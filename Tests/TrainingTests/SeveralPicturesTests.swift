import Corpus
import Foundation
import TestSupport
import Testing
import Training
import TrainingTestSupport

@Suite("Training on posts of several pictures")
struct SeveralPicturesTests {
    /// A run of two steps on posts with as many pictures as are wanted of each, which all differ.
    private func run(_ count: Int, configure: (inout TrainingConfiguration) -> Void = { _ in }) throws -> TinyRun {
        let run = try TinyRun(pictures: true)
        var number = 0
        for split in [Split.train, .valid] {
            for index in run.dataset[split].indices {
                run.dataset.splits[split]?[index].pictures = try (0..<count).map { _ in
                    number += 1
                    let file = try run.scratch.write(SamplePicture.tiff(number), to: "corpus/\(number).tiff")
                    return Post.Picture(image: file.path, context: "a photo of number \(number)")
                }
            }
        }
        configure(&run.configuration)
        return run
    }

    @Test("Both play and are learnt from")
    func learns() throws {
        let run = try run(2)
        let session = try run.session()
        #expect(session.notes.contains("66 of 66 posts have a picture"))
        #expect(throws: RunError.self) { try run.train("trained", stopAfter: 2) }
        let steps = try run.steps(of: "trained")
        #expect(steps.count == 2 && steps.allSatisfy { $0.loss.isFinite && $0.text != nil && $0.picture != nil })
        #expect(steps.allSatisfy { $0.hiddenPicture?.isFinite == true })
    }

    @Test("Those beyond the most are counted, and change nothing")
    func maximum() throws {
        let several = try run(3) { $0.picture.maximumCount = 1 }
        let note = "132 pictures are not read: their posts have more than picture.maximumCount (1)"
        #expect(try several.session().notes.contains(note))
        let single = try run(3)
        for split in [Split.train, .valid] {
            for index in single.dataset[split].indices {
                single.dataset.splits[split]?[index].pictures.removeLast(2)
            }
        }
        #expect(try !single.session().notes.contains { $0.contains("maximumCount") })
        #expect(throws: RunError.self) { try several.train("trained", stopAfter: 2) }
        #expect(throws: RunError.self) { try single.train("trained", stopAfter: 2) }
        let (found, expected) = (try several.steps(of: "trained"), try single.steps(of: "trained"))
        #expect(found.map(\.loss) == expected.map(\.loss) && found.count == 2)
        #expect(found.map(\.picture) == expected.map(\.picture))
    }
}
