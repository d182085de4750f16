import Corpus
import Extraction
import Foundation
import Language
import TestSupport
import Testing
import Torch

@Suite struct TrainedPicturesTests {
    /// A photograph, a file that is none, a file that is gone, and no picture.
    private func posts(_ folder: TemporaryFolder) throws -> [Post] {
        let broken = folder.url.appending(path: "broken.png")
        try Data("no picture".utf8).write(to: broken)
        let images = [SampleModel.photograph.path, broken.path, folder.url.appending(path: "gone.png").path, nil]
        return images.map { image in
            Post(
                id: image ?? "", content: .tokens(["Rocky", "barks"]), image: image, context: "a dog in a garden",
                entities: [Entity(start: 0, end: 1, type: "PER")])
        }
    }

    @Test(arguments: [true, false])
    func gradientsReachAnEncoderThatIsNotFrozen(frozen: Bool) throws {
        let folder = try TemporaryFolder()
        let extractor = try SampleModel.extractor()
        extractor.model.imageEncoder?.freeze(frozen)
        let posts = try extractor.prepareForTraining(posts(folder)).posts
        let seen = try extractor.batch(posts, isTrained: true, isAligned: true)
        #expect(seen.outcomes.joined().map(\.status) == [.used, .unreadable, .missing, .none])
        let problems = seen.pictureProblems
        #expect(problems.count == 1 && problems[0].contains("broken.png"), "\(problems)")
        let losses = try withTrainingMode { try extractor.model.losses(seen.batch, seed: 1) }
        losses.total.backward()
        #expect(losses.total.item().isFinite)
        let encoder = try #require(extractor.model.imageEncoder)
        let reached = encoder.parameters().filter { $0.tensor.gradient?.floats().contains { $0 != 0 } == true }
        #expect(reached.isEmpty == frozen)
    }

    @Test func featuresAreCachedOnceAndSeenTheSame() throws {
        let folder = try TemporaryFolder()
        let posts = try posts(folder)
        let plain = try SampleModel.extractor().extract(posts)
        let source = try SampleModel.extractor()
        let caching = try Extractor(
            model: source.model, tokenizer: source.tokenizer,
            tagger: PartOfSpeechTagger(folder: ModelCache.tagger), featureCache: folder.url.appending(path: "features"))
        let prepared = try caching.prepare(posts)
        #expect(caching.cacheFeatures(of: prepared).count == 1)
        let files = FileManager.default.enumerator(atPath: folder.url.appending(path: "features").path)
        #expect(files?.allObjects.isEmpty == false)
        #expect(try caching.extract(posts) == plain)
    }
}
