import Corpus
import Extraction
import Foundation
import TestSupport
import Testing
import Torch
import Training
import TrainingTestSupport

@Suite("Steps of training")
struct TrainingStepTests {
    /// A step and the weights that it leaves.
    private struct Taken {
        let outcome: TrainingStep.Outcome
        let weights: [[Float]]
    }

    /// The first step of a fresh model, which is the same each time.
    private func step(_ run: TinyRun, pictures: Bool = false, measuring: Bool) throws -> Taken {
        var posts = DistinctPosts.posts(0..<12)
        if pictures {
            for index in posts.indices {
                posts[index].imageURL = try run.scratch.write(SamplePicture.tiff(31 * index), to: "\(index).tiff")
            }
        }
        let dataset = Dataset(name: "distinct", folder: run.scratch.url, splits: [.train: posts, .valid: posts])
        let extractor = try run.session(UUID().uuidString, on: dataset).extractor
        let prepared = try extractor.prepareForTraining(posts).posts
        let isAligned = run.configuration.alignment.isPlayed
        let batch = try extractor.batch(prepared, isTrained: true, isAligned: isAligned).batch
        let step = TrainingStep(run.configuration, model: extractor.model, steps: 10)
        Random.seed(7)
        let outcome = try step(batch, number: 0, measuring: measuring)
        return Taken(outcome: outcome, weights: extractor.model.parameters().map { $0.tensor.floats() })
    }

    @Test("Measuring the gradient of each term changes nothing of a step", arguments: [true, false])
    func measuring(pictures: Bool) throws {
        let run = try TinyRun(pictures: pictures)
        let measured = try step(run, pictures: pictures, measuring: true)
        let plain = try step(run, pictures: pictures, measuring: false)
        #expect(measured.outcome.loss == plain.outcome.loss)
        #expect(measured.outcome.gradientNorm == plain.outcome.gradientNorm)
        #expect(measured.weights == plain.weights)
        #expect(plain.outcome.gradients == nil)
        let gradients = try #require(measured.outcome.gradients)
        #expect(gradients.task > 0 && (gradients.picture != nil) == pictures)
        let text = try #require(gradients.text)
        for term in [text, gradients.picture].compactMap({ $0 }) {
            #expect(term.norm > 0 && abs(term.cosine) <= 1 + 1e-6)
        }
    }

    @Test("A term asks for what its weight says: twice the weight, twice the gradient, in the same direction")
    func weights() throws {
        let run = try TinyRun()
        let once = try #require(try step(run, measuring: true).outcome.gradients)
        run.configuration.alignment.alpha *= 2
        let twice = try #require(try step(run, measuring: true).outcome.gradients)
        let (text, doubled) = (try #require(once.text), try #require(twice.text))
        #expect(once.task == twice.task)
        #expect(abs(doubled.norm / text.norm - 2) < 1e-4)
        #expect(abs(doubled.cosine - text.cosine) < 1e-4)
    }

    @Test("Where the encoder is frozen or nothing is aligned there is nothing to measure", arguments: [true, false])
    func nothingToMeasure(isFrozen: Bool) throws {
        let run = try TinyRun()
        if isFrozen { run.configuration.text.frozen = true } else { run.configuration.alignment.method = .none }
        #expect(try step(run, measuring: true).outcome.gradients == nil)
    }
}
