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
        extractor.model.train()
        let posts = try extractor.prepare(posts(folder), labels: SampleModel.labels) { post in
            post.image.map { URL(filePath: $0) }
        }.posts
        let (batch, statuses, lost) = try extractor.batch(posts)
        #expect(statuses == [.used, .unreadable, .missing, .none])
        #expect(lost.count == 1 && lost[0].contains("broken.png"), "\(lost)")
        let losses = try extractor.model.losses(batch, seed: 1)
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
            model: source.model, tokenizer: WordPieceTokenizer(folder: ModelCache.miniLM),
            tagger: PartOfSpeechTagger(folder: ModelCache.tagger), featureCache: folder.url.appending(path: "features"))
        let prepared = try caching.prepare(posts) { post in post.image.map { URL(filePath: $0) } }
        #expect(caching.cacheFeatures(of: prepared).count == 1)
        let files = FileManager.default.enumerator(atPath: folder.url.appending(path: "features").path)
        #expect(files?.allObjects.isEmpty == false)
        #expect(try caching.extract(posts) == plain)
    }
}
