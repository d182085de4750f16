import Corpus
import Extraction
import Foundation
import Language
import Shapley
import TestSupport
import Testing
import Torch
import Vision

/// Posts of several pictures in the model: what the fusion looks at, and who plays.
@Suite struct SeveralPicturesTests {
    private static let regions = 9
    private static let imageWidth = 24

    private func features(_ count: Int) -> ImageFeatures {
        Random.seed(41)
        return ImageFeatures(
            regions: .randn([count, Self.regions, Self.imageWidth]), pooled: .randn([count, Self.imageWidth]))
    }

    /// Three posts with contexts; the first has two, of one piece and of all behind the second piece, which separates them.
    private func describedPosts(_ fixture: OracleFixture) throws -> [EncodedPost] {
        let posts = try fixture.posts().filter { !$0.sequence.pair.isEmpty }
        let first = try #require(posts.firstIndex { $0.sequence.pair.count >= 4 })
        var two = posts[first]
        two.contexts = [0..<1, 2..<two.sequence.pair.count]
        let others = posts.indices.filter { $0 != first }.prefix(2).map { posts[$0] }
        try #require(others.count == 2)
        return [two] + others
    }

    private func batch(
        _ posts: [EncodedPost], seen: [[Int]], _ features: ImageFeatures?, _ fixture: OracleFixture
    ) -> Batch {
        Batch(
            posts, seen: seen, pictures: features.map { .features($0) }, paddingID: 0,
            alignment: fixture.variant.options.encoding)
    }

    // MARK: Fusion

    @Test(arguments: ["return", "direct", "ungated"])
    func wordsLookAtTheRegionsOfAllPicturesAsIfTheyWereOfOne(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        let post = try describedPosts(fixture)[1]
        let two = features(2)
        let whole = ImageFeatures(
            regions: two.regions.reshaped([1, 2 * Self.regions, Self.imageWidth]),
            pooled: two.pooled.narrow(0, start: 0, length: 1))
        let found = try model.tagEmissions(batch([post], seen: [[0, 1]], two, fixture))
        let expected = try model.tagEmissions(batch([post], seen: [[0]], whole, fixture))
        #expect((found - expected).abs().max().item() < 1e-6)
        let one = ImageFeatures(
            regions: two.regions.narrow(0, start: 1, length: 1), pooled: two.pooled.narrow(0, start: 1, length: 1))
        let second = try model.tagEmissions(batch([post], seen: [[1]], one, fixture))
        let alone = try model.tagEmissions(batch([post], seen: [[0]], one, fixture))
        #expect((second - alone).abs().max().item() < 1e-6, "a picture before it that is not seen changes nothing")
        #expect((found - alone).abs().max().item() > 1e-4)
    }

    @Test(arguments: ["return", "direct", "ungated"])
    func aPostOfTwoPicturesBesidePostsOfOneAndNoneIsThePostAlone(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        let posts = try describedPosts(fixture)
        let all = features(3)
        func emissions(_ items: [Int], seen: [[Int]], pictures: Range<Int>) throws -> [[Float]] {
            let part = ImageFeatures(
                regions: all.regions.narrow(0, start: pictures.lowerBound, length: pictures.count),
                pooled: all.pooled.narrow(0, start: pictures.lowerBound, length: pictures.count))
            let batch = batch(items.map { posts[$0] }, seen: seen, pictures.isEmpty ? nil : part, fixture)
            let found = try withoutGradients { try model.tagEmissions(batch) }
            return items.enumerated().map { place, item in
                found.select(0, place).narrow(0, start: 0, length: posts[item].wordStarts.count).floats()
            }
        }
        let together = try emissions([0, 1, 2], seen: [[0, 1], [], [0]], pictures: 0..<3)
        let alone = try [
            emissions([0], seen: [[0, 1]], pictures: 0..<2), emissions([1], seen: [[]], pictures: 0..<0),
            emissions([2], seen: [[0]], pictures: 2..<3),
        ].map { $0[0] }
        for (found, expected) in zip(together, alone) {
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 2e-5 })
        }
    }

    @Test func attentionIsToTheRegionsInTheOrderOfThePictures() throws {
        let fixture = try OracleFixture("direct")
        let model = try fixture.model()
        let post = try describedPosts(fixture)[1]
        let two = features(2)
        let turned = ImageFeatures(
            regions: two.regions.indexSelect(0, Tensor([1, 0], shape: [2])),
            pooled: two.pooled.indexSelect(0, Tensor([1, 0], shape: [2])))
        let forth = try #require(try model.regionAttention(batch([post], seen: [[0, 1]], two, fixture)))
        let back = try #require(try model.regionAttention(batch([post], seen: [[0, 2]], turned, fixture)))
        for (one, other) in zip(forth, back) {
            #expect(one.count == 2 * Self.regions && abs(one.reduce(0, +) - 1) < 1e-5)
            let expected = other[Self.regions...] + other[..<Self.regions]
            #expect(zip(one, expected).allSatisfy { abs($0 - $1) < 1e-6 })
            #expect(zip(one, other).contains { abs($0 - $1) > 1e-6 })
        }
    }

    @Test func gradientsReachEveryPictureAndHidingHidesThemAll() throws {
        let fixture = try OracleFixture("direct")
        let model = try fixture.model()
        let posts = try describedPosts(fixture)
        let drawn = features(3)
        let seen = ImageFeatures(
            regions: drawn.regions.requiringGradient(), pooled: drawn.pooled.requiringGradient())
        let losses = try model.losses(
            batch(posts, seen: [[0, 1], [], [0]], seen, fixture), hiddenPictureWeight: 0.5, seed: 1)
        losses.total.backward()
        for (what, tensor) in [("regions", seen.regions), ("pooled", seen.pooled)] {
            let gradient = try #require(tensor.gradient)
            for picture in 0..<3 {
                #expect(gradient.select(0, picture).abs().max().item() > 1e-8, "\(what) of picture \(picture)")
            }
        }
        let without = try model.losses(batch(posts, seen: [[], [], []], nil, fixture), seed: 1)
        let hidden = try #require(losses.hiddenPicture)
        #expect(abs(hidden.item() - without.task.item()) < 1e-5 && without.hiddenPicture == nil)
        #expect(abs(hidden.item() - losses.task.item()) > 1e-4)
    }

    // MARK: Alignment

    /// The states of a sequence that is encoded alone, `[pieces][d]`.
    private func states(_ sequence: TokenSequence, _ model: ShapCA) -> [[Double]] {
        let count = sequence.ids.count
        let segments = (0..<count).map { $0 < sequence.secondSegment ? 0 : 1 }
        let states = withoutGradients {
            model.textEncoder(
                tokenIDs: Tensor(sequence.ids, shape: [1, count]), segmentIDs: Tensor(segments, shape: [1, count]),
                attentionMask: nil)
        }
        return (0..<count).map { states.select(0, 0).select(0, $0).doubles() }
    }

    private func mean(_ rows: some Collection<[Double]>) -> [Double] {
        rows.first.map { $0.indices.map { place in rows.reduce(0) { $0 + $1[place] } / Double(rows.count) } } ?? []
    }

    private func cosine(_ a: [Double], _ b: [Double]) -> Double {
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }

    /// x_t of three posts and x_c of the first one's two contexts and the others' one, from sequences encoded one by one.
    private func vectors(
        _ posts: [EncodedPost], _ model: ShapCA, _ fixture: OracleFixture
    ) throws -> (texts: [[Double]], contexts: [[Double]]) {
        var (texts, contexts): ([[Double]], [[Double]]) = ([], [])
        for post in posts {
            let text: [[Double]]
            let second: ArraySlice<[Double]>
            switch fixture.variant.options.encoding {
            case .joint:
                let states = states(post.sequence, model)
                (text, second) = (Array(states[post.sequence.text]), states[post.sequence.pair])
            case .separate:
                let parts = try #require(post.parts)
                text = Array(states(parts.text, model)[parts.text.text])
                second = states(parts.context, model)[parts.context.text]
            }
            texts.append(mean(text))
            contexts += post.contexts.map { mean(Array(second)[$0]) }
        }
        return (texts, contexts)
    }

    @Test(arguments: ["return", "separate", "via-direct"])
    func gamesAreThoseThatAreComputedByHand(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        let posts = try describedPosts(fixture)
        let seen = features(4)
        let batch = batch(posts, seen: [[0, 1], [0], [0]], seen, fixture)
        let (texts, contexts) = try vectors(posts, model, fixture)
        let projection = try #require(model.imageProjection)
        let projected = withoutGradients { projection(seen.pooled) }
        let pictures = (0..<4).map { projected.select(0, $0).doubles() }
        let owners = [0, 0, 1, 2]
        let items = [(0, 0), (0, 1), (1, 0), (2, 0)].map { PicturePlace(post: $0.0, number: $0.1) }
        let isDirect = fixture.variant.options.via == .direct

        func check(_ game: ShapCA.GameSides?, _ first: [[Double]], _ second: [[Double]], owners: [Int]) throws -> Double
        {
            let game = try #require(game)
            #expect(game.items == items && game.players.owners == owners)
            let expected = first.map { a in second.map { cosine(a, $0) } }
            for (found, expected) in zip(game.cosines, expected) {
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
            }
            // Both directions, a player's similarity being the mean over its members.
            func pooled(_ rows: [[Double]]) throws -> GameMatrix {
                try GameMatrix(
                    rows: rows.map { row in
                        (0...(owners.max() ?? 0)).map { player in
                            let members = row.indices.filter { owners[$0] == player }
                            return members.reduce(0) { $0 + row[$1] } / Double(members.count)
                        }
                    })
            }
            let loss = try AlignmentLoss(temperature: fixture.variant.options.temperature, negatives: .sum)
            let transposed = expected.indices.map { column in expected.map { $0[column] } }
            return try
                (loss.evaluate(pooled(expected), owners: owners).loss
                + loss.evaluate(pooled(transposed), owners: owners).loss) / 2
        }
        let games = try model.games(batch)
        let losses = try model.losses(batch, seed: 1).alignment
        let texting = owners.map { texts[$0] }
        if isDirect {
            let expected = try check(games.picture, pictures, texting, owners: owners)
            #expect(abs((losses.picture?.loss.item() ?? .nan) - expected) < 1e-3 && losses.text == nil)
        } else {
            let text = try check(games.text, texting, contexts, owners: owners)
            let picture = try check(games.picture, pictures, contexts, owners: [0, 1, 2, 3])
            #expect(abs((losses.text?.loss.item() ?? .nan) - text) < 1e-3)
            #expect(abs((losses.picture?.loss.item() ?? .nan) - picture) < 1e-3)
        }
    }

    private func pictured(_ folder: TemporaryFolder) throws -> [Post] {
        let pictures = try (0..<4).map { number in
            try folder.write(SamplePicture.tiff(300 * number + 7), to: "\(number).tiff").path
        }
        func post(_ words: String, _ pictures: [(String?, String?)]) -> Post {
            Post(
                id: words, content: .text(words), pictures: pictures.map { Post.Picture(image: $0.0, context: $0.1) })
        }
        return [
            post("Rocky barks", [(pictures[0], "a dog in a garden"), (pictures[1], "snow on a roof")]),
            post("Anna visits Oslo", [(pictures[2], "a town by the sea")]),
            post("nobody is here", [(pictures[3], "an empty street")]),
        ]
    }

    @Test func aPostIsComparedByTheMeanOverItsPictures() throws {
        let folder = try TemporaryFolder()
        let extractor = try SampleModel.extractor()
        let prepared = try extractor.prepare(try pictured(folder), isAligned: true)
        let answers = try extractor.answers(to: prepared, batchSize: 3, comparing: Extractor.Comparison())
        // The batch has the longest post first, which is that of two contexts.
        let games = try extractor.model.games(extractor.batch(prepared, isAligned: true).batch)
        let (text, picture) = (try #require(games.text), try #require(games.picture))
        #expect(text.players.owners == [0, 0, 1, 2] && picture.players.owners == [0, 1, 2, 3])
        let found = answers[0].agreement
        let (ofText, ofPicture) = (try #require(found.text), try #require(found.picture))
        #expect(abs(ofText.own - (text.cosines[0][0] + text.cosines[0][1]) / 2) < 1e-5)
        #expect(abs(ofText.others - (text.cosines[0][2] + text.cosines[0][3]) / 2) < 1e-5)
        #expect(abs(ofPicture.own - (picture.cosines[0][0] + picture.cosines[1][1]) / 2) < 1e-5)
        let others = [0, 1].flatMap { row in (0..<4).filter { $0 != row }.map { picture.cosines[row][$0] } }
        #expect(abs(ofPicture.others - others.reduce(0, +) / 6) < 1e-5)
        #expect([0, 0.5, 1].contains(ofPicture.top1) && ofText.swapped?.isFinite == true)
    }

    @Test func oneFileTwiceIsOnePlayerOfThePictures() throws {
        let folder = try TemporaryFolder()
        var posts = try pictured(folder)
        posts[0].pictures[1].image = posts[0].pictures[0].image
        let extractor = try SampleModel.extractor()
        let games = try extractor.model.games(
            extractor.batch(extractor.prepare(posts, isAligned: true), isAligned: true).batch)
        #expect(games.picture?.players.owners == [0, 0, 1, 2])
    }

    // MARK: Posts

    @Test func contextsStandInOrderBehindTheTextWithASeparatorBetween() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let tokenizer = extractor.tokenizer
        let contexts = ["a dog in a garden", nil, "snow on a roof"]
        let pieces = contexts.map { $0.map { tokenizer.encode($0).map(\.id) } ?? [] }
        let text = tokenizer.encode(words: ["Rocky", "barks"]).map(\.id)
        let post = Post(
            id: "1", content: .tokens(["Rocky", "barks"]),
            pictures: contexts.enumerated().map { Post.Picture(image: "\($0.offset).jpg", context: $0.element) })
        let separator = tokenizer.specialTokens.separator
        let encoded = try extractor.prepare([post])[0].encoded
        #expect(encoded.sequence == tokenizer.frame(text, pieces[0] + [separator] + pieces[2]))
        let start = pieces[0].count + 1
        #expect(
            encoded.contexts == [
                0..<pieces[0].count, pieces[0].count..<pieces[0].count, start..<start + pieces[2].count,
            ])
        #expect(!encoded.contextIsCut)
        var single = post
        single.pictures = [post.pictures[0]]
        #expect(try extractor.prepare([single])[0].encoded.sequence == tokenizer.frame(text, pieces[0]))

        // Room for the first context and the separator, which no context follows then.
        let limit = tokenizer.frameLength(pair: true) + text.count + pieces[0].count + 1
        let cut = try SampleModel.extractor(pictures: false, maximumLength: limit).prepare([post])[0].encoded
        #expect(cut.sequence == tokenizer.frame(text, pieces[0]) && cut.contextIsCut)
        #expect(cut.contexts.map(\.count) == [pieces[0].count, 0, 0])
    }

    @Test func picturesBeyondTheMostAreOmittedAndCounted() throws {
        let folder = try TemporaryFolder()
        var posts = try pictured(folder)
        let extractor = try SampleModel.extractor { $0.maximumPictures = 2 }
        let expected = try extractor.extract(posts)
        posts[0].pictures.append(Post.Picture(image: posts[1].image, context: "a third picture"))
        posts[0].pictures.append(Post.Picture(image: "missing.jpg"))
        let found = try extractor.extract(posts)
        #expect(found[0].imageStatuses == [.used, .used, .omitted, .omitted] && found[0].imageStatus == .used)
        #expect(found.map(\.imagesOmitted) == [2, 0, 0] && expected.allSatisfy { $0.imagesOmitted == 0 })
        #expect(found.map(\.entities) == expected.map(\.entities))
        let one = try SampleModel.extractor { $0.maximumPictures = 1 }.extract(posts)
        #expect(one[0].imagesOmitted == 3 && one[0].entities != found[0].entities)
    }

    @Test func aPictureThatCannotBeReadIsPassedOverAndTheOthersAreUsed() throws {
        let folder = try TemporaryFolder()
        let broken = try folder.write(Data("no picture".utf8), to: "broken.png").path
        let extractor = try SampleModel.extractor()
        func post(_ images: [String?]) -> Post {
            Post(
                id: "1", content: .text("Rocky barks at Paris Hilton in Berlin"),
                pictures: images.map { Post.Picture(image: $0, context: $0 == nil ? "x" : nil) })
        }
        let photograph = SampleModel.photograph.path
        let mixed = try extractor.prepare([post([broken, photograph, folder["gone.jpg"].path])])
        let seen = try extractor.batch(mixed)
        #expect(seen.outcomes.map { $0.map(\.status) } == [[.unreadable, .used, .missing]])
        #expect(seen.pictureProblems.count == 1 && seen.pictureProblems[0].contains("broken.png"))
        let (found, expected) = (
            try extractor.extract([post([broken, photograph])])[0], try extractor.extract([post([photograph])])[0]
        )
        #expect(found.imageStatus == .used && found.imageStatuses == [.unreadable, .used])
        #expect(found.entities.map(\.text) == expected.entities.map(\.text) && !found.entities.isEmpty)
        for (one, other) in zip(found.entities, expected.entities) { #expect(abs(one.score - other.score) < 1e-5) }
        #expect(try extractor.extract([post([nil, broken])])[0].imageStatus == .unreadable)
    }
}
