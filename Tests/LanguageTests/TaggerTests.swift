import Foundation
import Language
import TestSupport
import Testing

/// The part-of-speech tagger against spaCy's own tags.
struct TaggerTests {
    private let oracle: TaggerOracle
    private let tagger: PartOfSpeechTagger

    init() throws {
        oracle = try TaggerOracle.load()
        tagger = try PartOfSpeechTagger(folder: ModelCache.tagger)
    }

    private func digest(_ numbers: some Sequence<Int>) -> String {
        var digest = FNV1a()
        for number in numbers { digest.update(Int32(number)) }
        return String(digest.value)
    }

    @Test func tagsAreSpaCys() throws {
        #expect(tagger.tags == oracle.tags)
        let found = try tagger(oracle.sentences.map(\.words))
        for (sentence, numbers) in zip(oracle.sentences, found) {
            #expect(numbers.map { tagger.tags[$0] } == sentence.tags, "\(sentence.words)")
        }
    }

    /// Longer than what passes through the network at once.
    @Test func aLongSentenceIsTaggedAsAWhole() throws {
        let words = oracle.sentences.flatMap(\.words)
        let long = Array(repeating: words, count: oracle.long.repeats).flatMap { $0 }
        #expect(long.count > 4000)
        #expect(digest(try tagger([long])[0]) == oracle.long.digest)
    }

    @Test func sentencesDoNotSeeEachOther() throws {
        let sentences = oracle.sentences.map(\.words)
        let together = try tagger(sentences)
        #expect(try sentences.map { try tagger([$0])[0] } == together)
        #expect(try tagger(sentences.reversed()).reversed() == together)
    }

    @Test func emptyInputsHaveEmptyTags() throws {
        #expect(try tagger([]) == [])
        #expect(try tagger([[]]) == [[]])
        #expect(try tagger([[], ["Hello"], [], []]).map(\.count) == [0, 1, 0, 0])
        #expect(try tagger([["", ""], ["a", "", "b"]]).map(\.count) == [2, 3])
    }

    @Test func threadsShareATagger() throws {
        let sentences = oracle.sentences.map(\.words)
        let expected = try tagger(sentences)
        let fresh = try PartOfSpeechTagger(folder: ModelCache.tagger)
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            let rotation = index % sentences.count
            let found = try? fresh(Array(sentences[rotation...] + sentences[..<rotation]))
            #expect(found == Array(expected[rotation...] + expected[..<rotation]))
        }
    }

    @Test(.enabled(if: DataFolder.has("twitter2017/test.txt"), "needs twitter2017 in SHAPCA_DATA"))
    func tagsOfTwitter17AreSpaCys() throws {
        for (name, split) in oracle.twitter2017 {
            let posts = try words(of: DataFolder["twitter2017/\(name).txt"])
            let numbers = try tagger(posts).flatMap { $0 }
            #expect(posts.count == split.posts)
            #expect(numbers.count == split.words)
            #expect(numbers.reduce(into: [:]) { $0[tagger.tags[$1], default: 0] += 1 } == split.counts)
            #expect(digest(numbers) == split.digest)
        }
    }

    /// The posts of a file in the Twitter-17 layout.
    private func words(of file: URL) throws -> [[String]] {
        var posts: [[String]] = []
        for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
            if line.starts(with: "IMGID:".utf8) {
                posts.append([])
            } else if let tab = line.lastIndex(of: UInt8(ascii: "\t")) {
                posts[posts.count - 1].append(String(decoding: line[..<tab], as: UTF8.self))
            }
        }
        return posts
    }
}
