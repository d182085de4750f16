import Corpus
import Extraction
import Foundation
import Language
import TestSupport
import Testing
import Torch
import Vision

@Suite struct ExtractorTests {
    @Test func textIsTheSliceBetweenTheOffsets() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let found = try extractor.extract(SampleModel.posts)
        #expect(found.count == SampleModel.posts.count)
        #expect(found.reduce(0) { $0 + $1.entities.count } > 10)
        for (post, extraction) in zip(SampleModel.posts, found) {
            var previous = 0
            for entity in extraction.entities {
                #expect(entity.start >= previous && entity.start < entity.end && entity.end <= post.length)
                #expect(entity.score > 0 && entity.score <= 1)
                #expect(SampleModel.labels.entityTypes.contains(entity.type))
                previous = entity.end
                switch post.content {
                case .tokens(let tokens):
                    #expect(entity.text == tokens[entity.start..<entity.end].joined(separator: " "))
                case .text(let text):
                    let scalars = Array(text.unicodeScalars)[entity.start..<entity.end]
                    #expect(Array(entity.text.unicodeScalars) == Array(scalars), "\(post.id)")
                }
            }
            #expect(!extraction.truncated && extraction.imageStatus == .none)
        }
    }

    @Test func postsWithoutWordsHaveNoEntities() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        for post in SampleModel.posts where post.isEmpty && post.id != "odd words" {
            let found = try extractor.extract([post])
            #expect(found.map(\.entities) == [[]], "\(post.id)")
        }
        #expect(try extractor.extract([]).isEmpty)
    }

    @Test func predictionsDependOnNothingButThePost() throws {
        let extractor = try SampleModel.extractor()
        let posts = SampleModel.posts.enumerated().map { index, post in
            var post = post
            post.imageURL = index % 3 == 0 ? SampleModel.photograph : nil
            return post
        }
        let alone = try extractor.extract(posts, batchSize: 1)
        for size in [2, 5, 32] { expectSame(try extractor.extract(posts, batchSize: size), alone) }
        let reversed = try extractor.extract(posts.reversed(), batchSize: 4)
        expectSame(reversed.reversed(), alone)
        #expect(alone.map(\.imageStatus) == posts.map { $0.imageURL == nil ? PictureStatus.none : .used })
    }

    @Test func picturesThatMayNotBeReadAreUnreadableAndNamed() throws {
        let extractor = try SampleModel.extractor()
        let posts = ["own.jpg", "../secret.jpg", nil].map { image in
            var post = Post(id: "p", content: .text("Rocky likes Paris"), image: image)
            post.imageURL = image == "own.jpg" ? SampleModel.photograph : nil
            return post
        }
        #expect(try extractor.extract(posts).map(\.imageStatus) == [.used, .unreadable, .none])
        let reasons = try extractor.answers(to: extractor.prepare(posts), batchSize: 3).map {
            $0.pictures.first?.reason
        }
        let reason = "../secret.jpg: the picture of post p is outside the dataset's folder; put it into the folder"
        #expect(reasons == [nil, reason, nil])
    }

    @Test func veryLongPostsAreCutAndSaySoWhereTheyAreToBeCut() throws {
        let extractor = try SampleModel.extractor(pictures: false, maximumLength: 64) { $0.overlong = .truncate }
        let words = (0..<10_000).map { ["Paris", "likes", "Rocky", "!"][$0 % 4] }
        let posts = [
            Post(id: "words", content: .tokens(words), context: words.joined(separator: " ")),
            Post(id: "text", content: .text(words.joined(separator: " "))),
            Post(id: "one word", content: .tokens([String(repeating: "ab", count: 40), "short"])),
            Post(id: "context", content: .tokens(["short"]), context: words.joined(separator: " ")),
        ]
        let found = try extractor.extract(posts)
        #expect(found.map(\.truncated) == [true, true, false, false])
        for extraction in found.prefix(2) { #expect(!extraction.entities.isEmpty) }
        let prepared = try extractor.prepare(posts)
        #expect(prepared.allSatisfy { $0.encoded.length <= 64 })
        #expect(prepared[0].encoded.droppedWords + prepared[0].encoded.wordStarts.count == 10_000)
    }

    @Test func picturesThatCannotBeHadAreReportedAndPassedOver() throws {
        let folder = try TemporaryFolder()
        let broken = folder.url.appending(path: "broken.jpg")
        try Data([0xFF, 0xD8, 0xFF, 1, 2, 3]).write(to: broken)
        let images: [String?] = [
            SampleModel.photograph.path, nil, folder.url.appending(path: "gone.jpg").path, broken.path, folder.url.path,
        ]
        let posts = images.map { image in
            Post(id: image ?? "", content: .text("Rocky barks at Paris Hilton in Berlin"), image: image)
        }
        let extractor = try SampleModel.extractor()
        let found = try extractor.extract(posts)
        #expect(found.map(\.imageStatus) == [.used, .none, .missing, .unreadable, .unreadable])
        for extraction in found.dropFirst(2) { expectSame([extraction], [found[1]], statuses: false) }
        #expect(found[0].entities != found[1].entities)
        let textOnly = try SampleModel.extractor(pictures: false).extract(posts)
        #expect(textOnly.allSatisfy { $0.imageStatus == .none })
    }

    @Test func contextsAreReadOnlyWhereTheModelUsesThem() throws {
        let plain = SampleModel.posts.map { post in
            var post = post
            post.context = nil
            return post
        }
        let ignoring = try SampleModel.extractor(pictures: false, usesContext: false)
        #expect(try ignoring.extract(SampleModel.posts) == ignoring.extract(plain))
        let reading = try SampleModel.extractor(pictures: false)
        #expect(try reading.extract(SampleModel.posts) != reading.extract(plain))
    }

    @Test func halfPrecisionFindsAlmostTheSame() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let exact = try extractor.extract(SampleModel.posts)
        let half = try SampleModel.extractor(pictures: false, precision: .bfloat16).extract(SampleModel.posts)
        #expect(share(of: exact, foundAgainIn: half) > 0.7)
    }

    @Test func eightBitsFindAlmostTheSameWhateverTheBatch() throws {
        let exact = try SampleModel.extractor(pictures: false).extract(SampleModel.posts)
        let extractor = try SampleModel.extractor(pictures: false)
        try extractor.quantize()
        let found = try extractor.extract(SampleModel.posts)
        #expect(share(of: exact, foundAgainIn: found) > 0.7 && found != exact)
        expectSame(try extractor.extract(SampleModel.posts, batchSize: 1), found)
        expectSame(try extractor.extract(SampleModel.posts.reversed(), batchSize: 3).reversed(), found)
    }

    @Test(arguments: ExtractionTask.allCases, ProductEngine.available.filter(\.isOfPackedWeights))
    func packedWeightsFindTheSame(task: ExtractionTask, engine: ProductEngine) throws {
        let posts =
            task.findsEntities
            ? SampleModel.posts
            : [
                Post(
                    id: "pair", content: .tokens(["Messi", "joins", "Miami"]),
                    entities: [Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 3, type: "ORG")])
            ]
        let expected = try SampleModel.extractor(task: task, pictures: false).extract(posts)
        let extractor = try SampleModel.extractor(task: task, pictures: false)
        let shapes = extractor.model.textEncoder.linearShapes()
        try extractor.pack(shapes.mapValues { _ in engine })
        #expect(shapes.count == 3 && extractor.model.textEncoder.linearShapes().isEmpty)
        let found = try extractor.extract(posts)
        expectSame(found, expected, within: 1e-5)
        #expect(found.map { $0.relations.map(\.type) } == expected.map { $0.relations.map(\.type) })
        #expect(found.contains { !$0.entities.isEmpty || !$0.relations.isEmpty })
    }

    @Test func predictingIsTheSameAmidTraining() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let first = try extractor.extract(SampleModel.posts)
        let amid = try withTrainingMode { try extractor.extract(SampleModel.posts) }
        #expect(amid == first)
    }

    /// Dropout, precision, threads and caches are shared by nobody, so that the scores are equal to the last bit.
    @Test func threadsThatShareAnExtractorFindWhatOneFinds() async throws {
        let extractor = try SampleModel.extractor()
        let posts = SampleModel.posts.enumerated().map { index, post in
            var post = post
            post.imageURL = index % 3 == 0 ? SampleModel.photograph : nil
            return post
        }
        let expected = try extractor.extract(posts, batchSize: 3)
        try await withThrowingTaskGroup(of: [Extractor.Extraction].self) { group in
            for _ in 0..<4 { group.addTask { try extractor.extract(posts, batchSize: 3) } }
            for try await found in group { #expect(found == expected) }
        }
    }

    /// The paper's Table 4: BERT-base with ResNet-152 at D = 256.
    @Test func thePapersModelHasThePapersNumberOfParameters() throws {
        let base = """
            {"vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
             "intermediate_size": 3072}
            """
        let text = try JSONDecoder().decode(TextEncoderConfiguration.self, from: Data(base.utf8))
        let configuration = ModelConfiguration(
            textEncoderName: "bert-base", textEncoder: text, imageEncoder: .named(.resNet(.layers152)),
            usesContext: true, alignment: Extraction.AlignmentOptions(), fusion: FusionOptions(), dropout: 0.1,
            maximumLength: 256,
            labels: SampleModel.labels, partsOfSpeech: (0..<50).map { "\($0)" })
        let model = try Initialization.deferred {
            ShapCA(configuration, imageEncoder: try makeImageEncoder("resnet152"))
        }
        let millions = Double(model.parameterCount()) / 1e6
        #expect(abs(millions / 170.7 - 1) < 0.01, "\(millions) million")
    }

    /// The share of entities that are found again, with the same bounds and type.
    private func share(of expected: [Extractor.Extraction], foundAgainIn found: [Extractor.Extraction]) -> Double {
        func spans(_ extraction: Extractor.Extraction) -> Set<Entity> {
            Set(extraction.entities.map { Entity(start: $0.start, end: $0.end, type: $0.type) })
        }
        let shared = zip(expected, found).reduce(0) { $0 + spans($1.0).intersection(spans($1.1)).count }
        return Double(shared) / Double(expected.reduce(0) { $0 + spans($1).count })
    }

    /// Checks that the same entities were found with the same scores, up to the order of sums.
    private func expectSame(
        _ found: [Extractor.Extraction], _ expected: [Extractor.Extraction], statuses: Bool = true,
        within tolerance: Double = 1e-4
    ) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(found.entities.map(\.text) == expected.entities.map(\.text))
            #expect(found.entities.map(\.type) == expected.entities.map(\.type))
            #expect(found.entities.map(\.start) == expected.entities.map(\.start))
            for (one, other) in zip(found.entities, expected.entities) {
                #expect(abs(one.score - other.score) < tolerance)
            }
            #expect(found.truncated == expected.truncated)
            if statuses { #expect(found.imageStatus == expected.imageStatus) }
        }
    }
}
