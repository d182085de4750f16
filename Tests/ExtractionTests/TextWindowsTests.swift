import Corpus
import Extraction
import Foundation
import Language
import Support
import TestSupport
import Testing
import Torch

/// Long texts in windows.
@Suite struct TextWindowsTests {
    @Test("Windows are whole words that fit; each piece is owned once, by a window where it is far from cuts")
    func windows() {
        var generator = SplitMix64(seed: 4)
        for _ in 0..<400 {
            let room = 4 + generator.index(below: 60)
            let words = (0..<(1 + generator.index(below: 300))).map { _ in 1 + generator.index(below: min(room, 9)) }
            let windows = TextWindows(words: words, room: room).windows
            let bounds = words.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
            let total = bounds[words.count]
            #expect(windows.flatMap(\.owned) == Array(0..<total))
            for window in windows {
                #expect(window.pieces.count <= room && bounds.contains(window.pieces.lowerBound))
                #expect(window.owned.isEmpty || window.pieces.contains(window.owned.lowerBound))
                #expect(window.owned.upperBound <= window.pieces.upperBound || window.owned.isEmpty)
            }
            // A cut is at least a quarter of the room away, but for the words that stand at it.
            let longest = words.max() ?? 1
            for window in windows where !window.owned.isEmpty {
                let (pieces, owned) = (window.pieces, window.owned)
                if pieces.lowerBound > 0 {
                    #expect(owned.lowerBound - pieces.lowerBound >= min(room / 4 - 2 * longest, room))
                }
                if pieces.upperBound < total {
                    #expect(pieces.upperBound - owned.upperBound >= min(room / 4 - 2 * longest, room))
                }
            }
        }
    }

    /// An encoder whose states are the tokens and the number of tokens that it reads beside them.
    private final class Echo: TextEncoder {
        let configuration: TextEncoderConfiguration

        init(_ configuration: TextEncoderConfiguration) { self.configuration = configuration }

        func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor {
            Tensor.concatenated([tokenIDs, segmentIDs].map { $0.to(.float32).unsqueezed(-1) }, -1)
        }

        var keyMap: KeyMap { KeyMap([]) }
    }

    @Test("States of windows come back in the places of the whole sequence", arguments: [0, 1, 40])
    func assembled(contextLength: Int) throws {
        let extractor = try SampleModel.extractor(pictures: false, maximumLength: 32)
        let echo = Echo(extractor.configuration.textEncoder)
        let context = contextLength == 0 ? nil : [String](repeating: "sea", count: contextLength).joined(separator: " ")
        let lengths = [200, 3, 29, 31, 5_000]
        let posts = lengths.map { count in
            Post(
                id: "\(count)", content: .tokens((0..<count).map { ["Paris", "likes", "unbelievably", "!"][$0 % 4] }),
                context: context)
        }
        let prepared = try extractor.prepare(posts, isAligned: true).map(\.encoded)
        #expect(prepared.map(\.wordStarts.count) == lengths && prepared.allSatisfy { $0.droppedWords == 0 })
        let batch = try extractor.batch(extractor.prepare(posts)).batch
        let states = batch.tokens.encoded(by: echo)
        #expect(states.size(0) == posts.count)
        for (item, post) in prepared.enumerated() {
            let sequence = post.sequence
            let found = states.select(0, item).narrow(0, start: 0, length: sequence.ids.count).floats()
            // A mean over windows of equal numbers is rounded.
            for (place, id) in sequence.ids.enumerated() {
                let segment: Float = place < sequence.secondSegment ? 0 : 1
                #expect(
                    (found[2 * place] - Float(id)).magnitude < 0.05 && (found[2 * place + 1] - segment).magnitude < 1e-4
                )
            }
            #expect(sequence.pair.count <= (contextLength == 40 ? max(14, 29 - post.wordStarts.count) : contextLength))
        }
    }

    @Test("A post that fits is read as if there were no windows, also beside one that does not")
    func postsThatFit() throws {
        let windows = try SampleModel.extractor(pictures: false, maximumLength: 64)
        let cut = try SampleModel.extractor(pictures: false, maximumLength: 64) { $0.overlong = .truncate }
        let long = Post(id: "long", content: .tokens([String](repeating: "Berlin", count: 300)))
        let posts = try zip(SampleModel.posts, windows.prepare(SampleModel.posts)).filter {
            $1.encoded.windows == nil
        }.map(\.0)
        #expect(posts.count > 5)
        let expected = try cut.extract(posts)
        #expect(try windows.extract(posts) == expected)
        let together = try windows.extract(posts + [long]).dropLast()
        for (found, alone) in zip(together, expected) {
            #expect(found.entities.map(\.text) == alone.entities.map(\.text))
            for (one, other) in zip(found.entities, alone.entities) {
                #expect((one.score - other.score).magnitude < 1e-4)
            }
        }
    }

    @Test("What stands in the middle of a window is found at every place of a long post")
    func everyPlace() throws {
        let extractor = try SampleModel.extractor(pictures: false, maximumLength: 24)
        for place in 0..<60 {
            var words = [String](repeating: "the", count: 60)
            words[place] = "Berlin"
            let prepared = try extractor.prepare([Post(id: "p", content: .tokens(words))])
            let batch = try extractor.batch(prepared).batch
            let echo = Echo(extractor.configuration.textEncoder)
            let states = batch.tokens.encoded(by: echo).reshaped([-1, 2]).embedding(batch.wordRows).floats()
            let ids = stride(from: 0, to: states.count, by: 2).map { states[$0] }
            #expect(ids.firstIndex { $0 != ids[place == 0 ? 1 : 0] } == place && ids.count == 60)
        }
    }

    @Test("A post that is too long is refused where it is to be, and others are not")
    func refused() throws {
        let extractor = try SampleModel.extractor(pictures: false, maximumLength: 16) { $0.overlong = .error }
        let posts = [3, 300, 4].map { Post(id: "\($0)", content: .tokens([String](repeating: "Paris", count: $0))) }
        let found = try extractor.extract(posts)
        #expect(found.map { $0.error == nil } == [true, false, true])
        #expect(found[1].error?.contains("300 wordpieces and room for 14") == true && found[1].entities.isEmpty)
        #expect(throws: ExtractionError.self) { try extractor.prepareForTraining(posts) }
    }

    @Test("Relations between more words than can be paired are refused with their number")
    func tooManyPairs() throws {
        let extractor = try SampleModel.extractor(task: .joint, pictures: false)
        let posts = [400, 1_001].map { Post(id: "\($0)", content: .tokens([String](repeating: "Paris", count: $0))) }
        let found = try extractor.extract(posts)
        #expect(found[0].error == nil)
        #expect(found[1].error?.contains("1001 words make 1 million pairs; at most 1000") == true)
    }

    @Test("A model from before windows cuts")
    func earlierModels() throws {
        let extractor = try SampleModel.extractor(pictures: false)
        let written = try JSONEncoder().encode(extractor.configuration)
        var fields = try #require(try JSONSerialization.jsonObject(with: written) as? [String: Any])
        #expect(fields["overlong"] as? String == "windows")
        fields["overlong"] = nil
        let earlier = try JSONDecoder().decode(
            ModelConfiguration.self, from: JSONSerialization.data(withJSONObject: fields))
        #expect(earlier.overlong == .truncate)
    }
}
