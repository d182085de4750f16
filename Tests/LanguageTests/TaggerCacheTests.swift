import Language
import Testing

/// The cache of word vectors: right whatever is in it, and never larger than it may be.
struct TaggerCacheTests {
    /// A stand-in for the network: a word's number of bytes and its first byte.
    private func vectors(of words: [String]) -> [Float] {
        words.flatMap { [Float($0.utf8.count), Float($0.utf8.first ?? 0)] }
    }

    @Test func vectorsAreTheWordsOwnAndPadsAreZero() {
        let cache = WordVectorCache(width: 2, capacity: 10)
        for _ in 0..<2 {
            let found = cache.vectors(for: [nil, "a", "bc", nil, "a"], compute: vectors)
            #expect(found == [0, 0, 1, 97, 2, 98, 0, 0, 1, 97])
        }
    }

    @Test func eachWordIsComputedOnce() {
        let cache = WordVectorCache(width: 2, capacity: 10)
        var asked: [String] = []
        for words in [["a", "b", "a"], ["b", "c"], ["c", "a"]] {
            _ = cache.vectors(for: words) {
                asked += $0
                return vectors(of: $0)
            }
        }
        #expect(asked == ["a", "b", "c"])
    }

    @Test func canonicallyEquivalentSpellingsAreDifferentWords() {
        let cache = WordVectorCache(width: 2, capacity: 10)
        #expect("\u{E9}" == "e\u{301}")
        #expect(cache.vectors(for: ["\u{E9}", "e\u{301}"], compute: vectors) == [2, 195, 3, 101])
        #expect(cache.vectors(for: ["e\u{301}", "\u{E9}"], compute: vectors) == [3, 101, 2, 195])
    }

    @Test(arguments: [0, 1, 3, 7])
    func aFullCacheStaysRight(capacity: Int) {
        let cache = WordVectorCache(width: 2, capacity: capacity)
        let words = (0..<40).map { String(repeating: "x", count: $0 * 7 % 10 + 1) }
        for start in 0..<30 {
            let window = Array(words[start..<start + 10])
            #expect(cache.vectors(for: window, compute: vectors) == vectors(of: window))
        }
    }
}
