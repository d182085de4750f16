import Corpus
import Extraction
import Foundation
import Prediction
import Synchronization
import TestSupport
import Testing

@Suite("Predictions for a stream of posts")
struct PredictorTests {
    private func outcomes<Posts: AsyncSequence>(
        _ predictions: Predictions<Posts>
    ) async throws -> [PredictionOutcome] {
        try await predictions.reduce(into: []) { $0.append($1) }
    }

    private func ids(_ outcomes: [PredictionOutcome]) -> [String] {
        outcomes.map { outcome in
            switch outcome {
            case .prediction(let prediction): prediction.post.id
            case .failure(let line, _): "line \(line)"
            }
        }
    }

    /// A sequence of what an array has, which counts how much of it was asked for.
    private struct Counted: AsyncSequence, AsyncIteratorProtocol {
        var items: ArraySlice<IncomingPost>
        let taken: @Sendable () -> Void

        mutating func next() async -> IncomingPost? {
            taken()
            return items.popFirst()
        }

        func makeAsyncIterator() -> Counted { self }
    }

    @Test("Posts come out in their order, each as if it had been extracted with its window")
    func order() async throws {
        let extractor = try TinyExtractor.make()
        let posts = try TinyExtractor.posts(40)
        let stream = AsyncStream { continuation in
            for post in posts { continuation.yield(post) }
            continuation.finish()
        }
        let found = try await outcomes(Predictor(extractor, batchSize: 8).predictions(of: stream))
        #expect(ids(found) == posts.map(\.id))
        let expected = try extractor.extract(posts, batchSize: 8)
        #expect(expected.contains { !$0.entities.isEmpty })
        for (outcome, expected) in zip(found, expected) {
            guard case .prediction(let prediction) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(prediction.extraction == expected)
        }
    }

    @Test("A window is bounded, and ends where the posts pause")
    func windows() async throws {
        let predictor = Predictor(try TinyExtractor.make(), batchSize: 64)
        let posts = try TinyExtractor.posts(30).map { IncomingPost.post($0) }
        let taken = Atomic(0)
        let paused = [.pause, .pause] + posts.prefix(3) + [.pause] + posts.suffix(27)
        var iterator = predictor.predictions(
            of: Counted(items: paused[...]) { taken.add(1, ordering: .relaxed) }
        ).makeAsyncIterator()
        _ = try await iterator.next()
        #expect(
            taken.load(ordering: .relaxed) == 6, "two pauses before any post, three posts and the pause behind them")

        let many = Array(repeatElement(posts, count: 50).joined())
        taken.store(0, ordering: .relaxed)
        var long = predictor.predictions(
            of: Counted(items: many[...]) { taken.add(1, ordering: .relaxed) }
        ).makeAsyncIterator()
        _ = try await long.next()
        #expect(taken.load(ordering: .relaxed) == 1024)

        let heavy = IncomingPost.post(
            Post(id: "heavy", content: .text("Anna"), context: String(repeating: "a ", count: 1 << 17)))
        taken.store(0, ordering: .relaxed)
        var wide = predictor.predictions(
            of: Counted(items: [heavy, heavy, heavy][...]) { taken.add(1, ordering: .relaxed) }
        ).makeAsyncIterator()
        _ = try await wide.next()
        #expect(taken.load(ordering: .relaxed) == 1)
    }

    @Test("What is no post keeps its place and spoils no other")
    func failures() async throws {
        let posts = try TinyExtractor.posts(3).map { IncomingPost.post($0) }
        let items = [
            posts[0], .failure(line: 2, error: "no post"), posts[1], posts[2], .failure(line: 5, error: "nor this"),
        ]
        let found = try await outcomes(
            Predictor(try TinyExtractor.make()).predictions(of: Counted(items: items[...]) {}))
        #expect(ids(found) == ["0", "line 2", "1", "2", "line 5"])
        var tally = PredictionTally()
        for outcome in found { tally.count(outcome) }
        #expect(tally.posts == 3 && tally.failures == 2 && tally.notes == ["2 of 5 lines could not be read"])
        let json = String(decoding: try JSONEncoder().encode(found[1]), as: UTF8.self)
        #expect(json == #"{"line":2,"error":"no post"}"# || json == #"{"error":"no post","line":2}"#)
    }

    /// Tells what each picture is called.
    private struct Names: ContextSource {
        let stop: String? = nil

        func contexts(of pictures: [URL]) async throws -> [ContextStatus] {
            pictures.map { picture in
                picture.lastPathComponent == "bad.jpg" ? .failed("no answer") : .generated(picture.lastPathComponent)
            }
        }
    }

    @Test("Posts with a picture and without a context get one, and tell its outcome")
    func contexts() async throws {
        let text = Post.Content.text("Anna flew to Paris")
        let posts = [
            Post(id: "1", content: text, image: "a.jpg"), Post(id: "2", content: text),
            Post(id: "3", content: text, image: "b.jpg", context: "its own"),
            Post(id: "4", content: text, image: "bad.jpg"),
        ]
        let found = try await outcomes(
            Predictor(try TinyExtractor.make(), contexts: Names())
                .predictions(of: Counted(items: posts.map { .post($0) }[...]) {}))
        let predictions = found.compactMap { if case .prediction(let prediction) = $0 { prediction } else { nil } }
        #expect(predictions.map(\.context) == [.generated("a.jpg"), .none, .given, .failed("no answer")])
        #expect(predictions.map(\.post.context) == ["a.jpg", nil, "its own", nil])
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(predictions[0])) as? [String: Any]
        #expect(json?["context"] as? String == "a.jpg" && json?["contextStatus"] as? String == "generated")
        #expect(json?["relations"] == nil, "a model of entities finds none")
    }

    @Test("Every picture without a context gets one, of those that are read, and each tells its outcomes")
    func severalPictures() async throws {
        let post = Post(
            id: "1", content: .text("Anna flew to Paris"),
            pictures: [
                Post.Picture(image: "a.jpg"), Post.Picture(image: "b.jpg", context: "its own"),
                Post.Picture(image: "bad.jpg"), Post.Picture(context: "no picture"), Post.Picture(image: "fifth.jpg"),
            ])
        let found = try await outcomes(
            Predictor(try TinyExtractor.make(), contexts: Names())
                .predictions(of: Counted(items: [.post(post)][...]) {}))
        guard case .prediction(let prediction) = try #require(found.first) else { return }
        #expect(prediction.contexts == [.generated("a.jpg"), .given, .failed("no answer"), .given, .none])
        #expect(prediction.context == .failed("no answer"))
        #expect(prediction.post.pictures.map(\.context) == ["a.jpg", "its own", nil, "no picture", nil])
        let json = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(prediction)) as? [String: Any])
        #expect(json["contextStatus"] as? String == "failed" && json["imagesOmitted"] as? Int == 1)
        #expect(json["context"] == nil && json["contextError"] == nil)
        let images = try #require(json["images"] as? [[String: String]])
        #expect(
            images == [
                ["image": "a.jpg", "imageStatus": "none", "contextStatus": "generated", "context": "a.jpg"],
                ["image": "b.jpg", "imageStatus": "none", "contextStatus": "given"],
                ["image": "bad.jpg", "imageStatus": "none", "contextStatus": "failed", "contextError": "no answer"],
                ["imageStatus": "none", "contextStatus": "given"],
                ["image": "fifth.jpg", "imageStatus": "omitted", "contextStatus": "none"],
            ])
        var tally = PredictionTally()
        tally.count(found[0])
        #expect(
            tally.notes == ["1 pictures are beyond those that the model reads of a post (picture.maximumCount)"])
    }

    @Test("A post that asks for no relation, or cannot be answered, is told apart")
    func answers() async throws {
        let predictor = Predictor(try TinyExtractor.make(.relations, overlong: .truncate))
        let (anna, paris, acme) = (
            Entity(start: 0, end: 1, type: "PER"), Entity(start: 3, end: 4, type: "LOC"),
            Entity(start: 1, end: 2, type: "ORG")
        )
        let words = Post.Content.tokens(["Anna", "flew", "to", "Paris"])
        let far = Post.Content.tokens((0..<99).map { _ in "a" })
        let posts = [
            Post(id: "asked", content: words, entities: [anna, paris]),
            Post(id: "unpaired", content: words, entities: [anna]),
            Post(id: "unasked", content: words, entities: [anna, paris, acme]),
            Post(id: "unanswered", content: far, entities: [anna, Entity(start: 98, end: 99, type: "LOC")]),
        ]
        let found = try await outcomes(predictor.predictions(of: Counted(items: posts.map { .post($0) }[...]) {}))
        let answers = found.map { outcome -> Prediction.Answers? in
            if case .prediction(let prediction) = outcome { prediction.answers } else { nil }
        }
        #expect(answers == [.complete, .unpaired, .unasked, .unanswered])
        var tally = PredictionTally()
        for outcome in found { tally.count(outcome) }
        #expect(tally.notes.count == 3 && tally.notes[0].hasPrefix("1 posts name fewer than two entities"))
    }

    @Test("A threshold leaves out and counts what an extractor finds below it, and changes nothing else")
    func threshold() async throws {
        let extractor = try TinyExtractor.make()
        let posts = try TinyExtractor.posts(20)
        let all = try extractor.extract(posts)
        let scores = all.flatMap(\.entities).map(\.score).sorted()
        let threshold = try #require(scores.dropFirst(scores.count / 2).first)
        let found = try await outcomes(
            Predictor(extractor, threshold: threshold).predictions(of: Counted(items: posts.map { .post($0) }[...]) {}))
        var tally = PredictionTally()
        for (outcome, all) in zip(found, all) {
            tally.count(outcome)
            guard case .prediction(let prediction) = outcome else { continue }
            #expect(prediction.extraction.entities == all.entities.filter { $0.score >= threshold })
        }
        let below = scores.count { $0 < threshold }
        #expect(below > 0 && tally.belowThreshold == below)
        #expect(tally.notes == ["\(below) entities scored below the threshold and were left out"])
    }

    @Test("Rows and lines come with their pictures beside the file, and bad ones with their number")
    func rows() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("text,image\n\"Anna\nAcme\",a.jpg\nnonsense\nParis,\n", to: "posts.csv")
        var items: [String] = []
        for await item in try PostLines(try LineReader(file), format: .csv, picturesIn: folder.url) {
            switch item {
            case .post(let post): items.append("\(post.id) \(post.imageURL?.path ?? "none")")
            case .failure(let line, _): items.append("line \(line)")
            case .pause: items.append("pause")
            }
        }
        #expect(items == ["1 \(folder["a.jpg"].path)", "line 4", "3 none"])
        #expect(throws: CorpusError.self) {
            _ = try PostLines(
                try LineReader(file), format: .csv, columns: PostColumns(text: "tweet"), picturesIn: folder.url)
        }
    }

    @Test("Lines of a file come as posts with their pictures beside it, and lines that are none with their number")
    func lines() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            #"{"text": "Anna", "image": "a.jpg"}"# + "\n" + "nonsense\n" + #"{"text": "Paris", "other": 1}"# + "\n",
            to: "posts.jsonl")
        let lines = PostLines(try LineReader(file), picturesIn: folder.url)
        var items: [String] = []
        for await item in lines {
            switch item {
            case .post(let post): items.append("\(post.id) \(post.imageURL?.path ?? "none")")
            case .failure(let line, _): items.append("line \(line)")
            case .pause: items.append("pause")
            }
        }
        #expect(items == ["1 \(folder["a.jpg"].path)", "line 2", "3 none"])
        #expect(lines.findings.count(of: .unknownField) == 1)
        var count = 0
        for await _ in PostLines(try LineReader(file), picturesIn: folder.url, shouldStop: { count > 0 }) { count += 1 }
        #expect(count == 1, "nothing is read after the question was answered")
    }
}
