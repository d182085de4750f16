/// Byte-pair encoding: the pair of neighbours that was merged first in training is merged first.
///
/// Sennrich, Haddow and Birch: Neural Machine Translation of Rare Words with Subword Units, 2016.
struct BytePairModel: Sendable {
    /// A part of a word: a scalar at first, later what was merged.
    struct Part {
        var id: Int
        var start: Int
        var end: Int
        /// The index of the part before; −1 for the first.
        var previous: Int
        /// The index of the part behind; the number of parts for the last.
        var next: Int
    }

    /// How words are taken apart before pairs are merged.
    struct Options: Sendable {
        /// The piece for a scalar that the vocabulary lacks; nil where it is left out.
        var unknown: Int?
        /// Whether unknown scalars that follow one another are one piece.
        var fusesUnknown = false
        /// Whether the bytes of an unknown scalar have pieces.
        var fallsBackToBytes = false
        /// Whether a word that is a piece is not taken apart.
        var takesWholeWords = false
        /// What pieces that continue a word begin with.
        var prefix: [UInt32] = []
        /// What pieces that end a word end with.
        var suffix: [UInt32] = []
    }

    let vocabulary: PieceVocabulary
    var unknown: Int? { options.unknown }

    private let options: Options
    /// Rank and result of each pair of pieces.
    private let merges: NumberTable

    /// A model.
    /// - Parameter merges: pairs of ids and the id of both together, those that come first in order.
    init(vocabulary: PieceVocabulary, merges: [(first: Int, second: Int, result: Int)], options: Options) {
        self.vocabulary = vocabulary
        self.options = options
        var table = NumberTable(capacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            table[Self.key(merge.first, merge.second)] = UInt64(rank) << 32 | UInt64(merge.result)
        }
        self.merges = table
    }

    func appendPieces(of text: [UInt32], in word: Range<Int>, to pieces: inout ModelPieces) {
        if options.takesWholeWords, let id = vocabulary.trie.id(of: text[word]) { return pieces.append(id, word) }
        let count = pieces.items.count
        appendScalars(of: text, in: word, to: &pieces)
        guard pieces.items.count > count + 1 else { return }
        merge(from: count, in: &pieces)
    }

    /// Appends the piece of every scalar.
    private func appendScalars(of text: [UInt32], in word: Range<Int>, to pieces: inout ModelPieces) {
        var fusedEnd = -1
        for index in word {
            if let id = id(of: text[index], isFirst: index == word.lowerBound, isLast: index + 1 == word.upperBound) {
                pieces.append(id, index..<index + 1)
            } else if options.fallsBackToBytes,
                vocabulary.appendBytes(of: text[index], at: index..<index + 1, to: &pieces)
            {
                continue
            } else if let unknown = options.unknown {
                if options.fusesUnknown && fusedEnd == index {
                    let last = pieces.items.count - 1
                    pieces.items[last].range = pieces.items[last].range.lowerBound..<index + 1
                } else {
                    pieces.append(unknown, index..<index + 1)
                }
                fusedEnd = index + 1
            }
        }
    }

    private func id(of scalar: UInt32, isFirst: Bool, isLast: Bool) -> Int? {
        let (trie, prefix, suffix) = (vocabulary.trie, options.prefix, options.suffix)
        if prefix.isEmpty && suffix.isEmpty { return trie.child(of: ScalarTrie.root, by: scalar).flatMap(trie.id(at:)) }
        return trie.id(of: (isFirst ? [] : prefix) + [scalar] + (isLast ? suffix : []))
    }

    /// Merges the pieces from an index on.
    private func merge(from start: Int, in pieces: inout ModelPieces) {
        let count = pieces.items.count - start
        pieces.parts.removeAll(keepingCapacity: true)
        for (index, item) in pieces.items[start...].enumerated() {
            pieces.parts.append(
                Part(
                    id: item.id, start: item.range.lowerBound, end: item.range.upperBound, previous: index - 1,
                    next: index + 1))
        }
        for index in 0..<count - 1 { queueMerge(at: index, in: &pieces) }
        while let (rank, index) = pieces.merges.pop() {
            let (part, next) = (pieces.parts[index], pieces.parts[index].next)
            guard part.id >= 0, next < count,
                let merge = merges[Self.key(part.id, pieces.parts[next].id)], merge >> 32 == rank
            else { continue }
            let behind = pieces.parts[next].next
            pieces.parts[index].id = Int(merge & 0xFFFF_FFFF)
            pieces.parts[index].end = pieces.parts[next].end
            pieces.parts[index].next = behind
            pieces.parts[next].id = -1
            if behind < count {
                pieces.parts[behind].previous = index
                queueMerge(at: index, in: &pieces)
            }
            if part.previous >= 0 { queueMerge(at: part.previous, in: &pieces) }
        }
        pieces.items.removeLast(count)
        for part in pieces.parts where part.id >= 0 { pieces.append(part.id, part.start..<part.end) }
    }

    /// Queues the merge of a part and the next one, if there is one.
    private func queueMerge(at index: Int, in pieces: inout ModelPieces) {
        let part = pieces.parts[index]
        if let merge = merges[Self.key(part.id, pieces.parts[part.next].id)] {
            pieces.merges.push(rank: merge >> 32, index: index)
        }
    }

    private static func key(_ first: Int, _ second: Int) -> UInt64 { UInt64(first) << 32 | UInt64(second) }
}

/// A binary heap of merges: the lowest rank first, then the first place.
struct MergeQueue {
    private var heap: [UInt64] = []

    mutating func push(rank: UInt64, index: Int) {
        let value = rank << 32 | UInt64(index)
        heap.append(value)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent] > value else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = value
    }

    mutating func pop() -> (rank: UInt64, index: Int)? {
        guard let last = heap.popLast() else { return nil }
        guard let top = heap.first else { return (last >> 32, Int(last & 0xFFFF_FFFF)) }
        var parent = 0
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count && heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < last else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
        return (top >> 32, Int(top & 0xFFFF_FFFF))
    }
}
