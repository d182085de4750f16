import Synchronization

/// Word vectors that depend on the word alone, each computed once.
///
/// The hash of their UTF-8 bytes distinguishes words, as in spaCy: for `String`, unlike for the embeddings,
/// canonically equivalent spellings are equal. The cache is bounded: when it is full, it starts afresh.
package final class WordVectorCache: Sendable {
    private struct Storage {
        var slots: [UInt64: Int] = [:]
        var vectors: [Float] = []
    }

    /// Elements of a vector.
    package let width: Int
    private let storage = Mutex(Storage())
    private let capacity: Int

    /// Keeps at most `capacity` words.
    package init(width: Int, capacity: Int) {
        self.width = width
        self.capacity = capacity
    }

    /// The vectors of some words, one after another, zeros where there is no word.
    /// - Parameter compute: gives the vectors of words that are not known yet, each of which it is asked for once.
    package func vectors(for words: some Collection<String?>, compute: ([String]) throws -> [Float]) rethrows -> [Float]
    {
        var vectors = [Float](repeating: 0, count: words.count * width)
        let places = words.enumerated().compactMap { row, word in
            word.map { (row: row, word: $0, key: MurmurHash.hash64A($0)) }
        }
        let unknown = storage.withLock { storage in
            places.filter { place in
                guard let slot = storage.slots[place.key] else { return true }
                copy(slot, of: storage.vectors, to: place.row, of: &vectors)
                return false
            }
        }
        guard !unknown.isEmpty else { return vectors }

        var slots: [UInt64: Int] = [:]
        var distinct: [String] = []
        for place in unknown where slots[place.key] == nil {
            slots[place.key] = distinct.count
            distinct.append(place.word)
        }
        let computed = try compute(distinct)
        for place in unknown {
            if let slot = slots[place.key] { copy(slot, of: computed, to: place.row, of: &vectors) }
        }
        keep(slots, of: computed)
        return vectors
    }

    private func keep(_ slots: [UInt64: Int], of computed: [Float]) {
        guard slots.count <= capacity else { return }
        storage.withLock { storage in
            if storage.slots.count + slots.count > capacity { storage = Storage() }
            for (key, slot) in slots where storage.slots[key] == nil {
                storage.slots[key] = storage.slots.count
                storage.vectors += computed[slot * width..<(slot + 1) * width]
            }
        }
    }

    private func copy(_ slot: Int, of source: [Float], to row: Int, of target: inout [Float]) {
        target.withUnsafeMutableBufferPointer { target in
            source.withUnsafeBufferPointer { source in
                _ = target[row * width..<(row + 1) * width].update(
                    fromContentsOf: source[slot * width..<(slot + 1) * width])
            }
        }
    }
}
