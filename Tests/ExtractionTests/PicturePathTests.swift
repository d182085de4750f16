import Corpus
import Extraction
import Testing
import Torch

/// The ways in which pictures reach the words: through the aligned projection, and beside a path without them.
@Suite struct PicturePathTests {
    private static let all = Array(0..<7)
    private static let withPicture = [0, 1, 2, 5, 6]

    private func reached(_ tensor: Tensor?) -> Bool {
        let gradient = tensor?.gradient?.floats() ?? []
        return gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite)
    }

    @Test(arguments: ["return", "direct", "without-images"])
    func aSharedProjectionIsWhatTheFusionReads(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let shared = fixture.fresh { $0.alignment.shared = true }
        let width = shared.configuration.textEncoder.width
        #expect(shared.fusion.query?.weight.shape == [16, width])
        let values: [Int]? = variant == "return" ? nil : [16, width]
        #expect(shared.fusion.imageValue?.weight.shape == values)
        let apart = fixture.fresh()
        #expect(apart.fusion.query?.weight.shape == [16, 24] && width != 24)
        for model in [shared, apart] {
            let losses = try model.losses(fixture.batch(of: Self.all), seed: 1)
            #expect(losses.total.item().isFinite)
            losses.task.backward()
            let isRead = model === shared && fixture.variant.images
            #expect(reached(model.imageProjection?.weight) == isRead)
            #expect(reached(model.imageProjection?.bias) == isRead)
        }
    }

    /// What the games teach the projection reaches the words: with another projection they are others.
    @Test func aProjectionThatIsSharedChangesTheWordsAndOneThatIsNotDoesNot() throws {
        let fixture = try OracleFixture("direct")
        let batch = try fixture.batch(of: Self.withPicture)
        for isShared in [true, false] {
            let model = fixture.fresh { $0.alignment.shared = isShared }
            let before = try withoutGradients { try model.fusedWords(batch) }
            let projection = try #require(model.imageProjection)
            withoutGradients { projection.weight.copy(from: projection.weight * -2) }
            let after = try withoutGradients { try model.fusedWords(batch) }
            #expect(((after - before).abs().max().item() > 1e-3) == isShared)
        }
    }
}

/// Predictions that count the scores without the picture too.
@Suite struct BothPathsTests {
    /// A model of entities and relations that finds one entity in every post.
    private func joint(_ paths: FusionOptions.Paths, _ fixture: OracleFixture) throws -> ShapCA {
        let labels = LabelSet(entityTypes: ["LOC", "PER"], relationTypes: ["visits"])
        let model = fixture.fresh {
            $0.task = .joint
            $0.labels = labels
            $0.fusion.paths = paths
        }
        let extractor = try #require(model.head as? JointExtractor)
        extractor.wordPairs.output.bias?.copy(from: Tensor([0, 1.5, 0, 0] as [Float], shape: [4]))
        return model
    }

    private func expectSame(_ found: [ScoredAnnotation], _ expected: [ScoredAnnotation]) {
        #expect(found.map(\.annotation) == expected.map(\.annotation))
        for (one, other) in zip(found, expected) {
            for (first, second) in zip(one.entities, other.entities) {
                #expect(abs(first.score - second.score) < 1e-5)
            }
            for (first, second) in zip(one.relations, other.relations) {
                #expect(abs(first.score - second.score) < 1e-5)
            }
        }
    }

    @Test(arguments: ["return", "direct"])
    func postsWithoutAPictureArePredictedTheSame(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let models = [
            (try fixture.model { $0.fusion.paths = .picture }, try fixture.model { $0.fusion.paths = .both }),
            (try joint(.picture, fixture), try joint(.both, fixture)),
        ]
        for (picture, both) in models {
            let blind = try fixture.batch(of: [3, 4])
            let expected = try picture.annotations(blind)
            #expect(expected.contains { !$0.entities.isEmpty })
            expectSame(try both.annotations(blind), expected)
            // In the company of a post with a picture too.
            let mixed = try fixture.batch(of: [3, 0, 4])
            let found = try both.annotations(mixed)
            expectSame([found[0], found[2]], expected)
        }
    }

    @Test(arguments: ["return", "direct"])
    func postsWithAPictureHaveTheMeanOfTheScoresOfBothPaths(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model { $0.fusion.paths = .both }
        let items = [0, 1, 2, 5, 6]
        let batch = try fixture.batch(of: items)
        let found = try model.annotations(batch)
        let tagger = try #require(model.head as? EntityTagger)
        let expected = try withoutGradients {
            let seen = try model.tagEmissions(batch)
            let blind = try model.tagEmissions(fixture.batch(of: items, withPictures: false))
            return tagger.crf.decode((seen + blind) / 2, lengths: batch.wordCounts, labels: fixture.labels)
        }
        #expect(expected.contains { !$0.isEmpty })
        expectSame(found, expected.map { ScoredAnnotation(entities: $0) })
        let picture = try fixture.model().annotations(batch)
        #expect(picture != found)
        // The loss does not know of it: each path is trained by itself.
        let losses = try [model, fixture.model()].map { try $0.losses(batch, seed: 1).total.item() }
        #expect(abs(losses[0] - losses[1]) < 1e-5)
    }
}

/// The task's loss with every picture hidden.
@Suite struct HiddenPictureTests {
    @Test(arguments: ["return", "direct", "ungated", "infonce", "via-direct", "separate"], [0.25, 1, 3])
    func theTotalHasTheHiddenLossWithItsWeight(variant: String, weight: Double) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        let batch = try fixture.batch(of: Array(0..<7))
        let losses = try model.losses(batch, hiddenPictureWeight: weight, seed: 1)
        let plain = try model.losses(batch, seed: 1)
        let hidden = try #require(losses.hiddenPicture).item()
        #expect(abs(losses.total.item() - plain.total.item() - weight * hidden) < 1e-4)
        #expect(abs(losses.task.item() - plain.task.item()) < 1e-5)
        let aligned = [losses.weighted.text, losses.weighted.picture].compactMap { $0?.item() }.reduce(0, +)
        #expect(abs(losses.total.item() - losses.task.item() - weight * hidden - aligned) < 1e-4)
        #expect(aligned != 0)
    }

    /// Outside of training nothing is dropped at random.
    @Test(arguments: ["return", "direct", "ungated"])
    func theHiddenLossIsThatOfThePostsWithoutTheirPictures(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = fixture.fresh()
        for items in [Array(0..<7), [0, 1, 2, 5, 6], [2], [2, 4]] {
            let losses = try model.losses(fixture.batch(of: items), hiddenPictureWeight: 0.5, seed: 1)
            let blind = try model.losses(fixture.batch(of: items, withPictures: false), seed: 1)
            let hidden = try #require(losses.hiddenPicture).item()
            #expect(abs(hidden - blind.task.item()) < 1e-5 * max(1, hidden), "\(items)")
            #expect(abs(hidden - losses.task.item()) > 1e-4, "\(items)")
        }
    }

    @Test func withoutAWeightOrAPictureNothingIsHidden() throws {
        let fixture = try OracleFixture("direct")
        let model = try fixture.model()
        #expect(try model.losses(fixture.batch(of: [0, 1, 2]), seed: 1).hiddenPicture == nil)
        let blind = try model.losses(fixture.batch(of: [3, 4]), hiddenPictureWeight: 0.5, seed: 1)
        #expect(blind.hiddenPicture == nil && blind.total.item() == blind.task.item())
    }

    @Test func gradientsOfTheHiddenLossReachTheWordsAndNoPicture() throws {
        let fixture = try OracleFixture("direct")
        let model = try fixture.model()
        let losses = try model.losses(fixture.batch(of: [0, 1, 2]), hiddenPictureWeight: 1, seed: 1)
        try #require(losses.hiddenPicture).backward()
        #expect(model.fusion.value.weight.gradient?.floats().contains { $0 != 0 } == true)
        #expect(model.fusion.query?.weight.gradient == nil && model.fusion.imageValue?.weight.gradient == nil)
    }
}
