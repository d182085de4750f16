import Support

/// Posts that occur again, within a split and across splits.
public struct Duplicates: Sendable, Equatable, Codable {
    /// The split of the first occurrence.
    public var first: Split
    /// The split of the repetition; ``first`` itself for repetitions within it.
    public var second: Split
    /// The number of posts of ``second`` that have text and pictures of a post of ``first``.
    public var posts = 0
    /// The number of posts of ``second`` that have the text of a post of ``first``, with any picture.
    public var texts = 0
    /// The number of posts of ``second`` that have a picture of a post of ``first``, with any text.
    public var pictures = 0
}

/// Finds posts that occur again, in 16 bytes a post and kind.
struct DuplicateFinder {
    /// The splits that had the post just added, its text or its picture before.
    struct Match {
        var posts: Set<Split> = []
        var texts: Set<Split> = []
        var pictures: Set<Split> = []
    }

    private var seenPosts: [UInt128: SplitSet] = [:]
    private var seenTexts: [UInt128: SplitSet] = [:]
    private var seenPictures: [UInt128: SplitSet] = [:]
    private var pairs: [Split: [Split: Duplicates]] = [:]

    /// Adds a post and says where it occurred before. A post without words repeats nothing.
    mutating func add(_ post: Post, of split: Split) -> Match {
        var match = Match()
        let names = post.pictures.compactMap(\.name)
        if !post.isEmpty {
            let text = post.plainText
            match.posts = seenPosts[key([text] + (names.isEmpty ? [""] : names)), default: []].insert(split)
            match.texts = seenTexts[key([text]), default: []].insert(split)
        }
        for picture in Set(names) {
            match.pictures.formUnion(seenPictures[key([picture]), default: []].insert(split))
        }
        for first in Split.allCases {
            count(match.posts.contains(first), \.posts, first, split)
            count(match.texts.contains(first), \.texts, first, split)
            count(match.pictures.contains(first), \.pictures, first, split)
        }
        return match
    }

    /// The pairs of splits that have something in common.
    var duplicates: [Duplicates] {
        Split.allCases.flatMap { first in Split.allCases.compactMap { pairs[first]?[$0] } }
    }

    private mutating func count(
        _ occurs: Bool, _ field: WritableKeyPath<Duplicates, Int>, _ first: Split, _ second: Split
    ) {
        guard occurs else { return }
        pairs[first, default: [:]][second, default: Duplicates(first: first, second: second)][keyPath: field] += 1
    }

    private func key(_ strings: [String]) -> UInt128 {
        var writer = NetstringWriter()
        for string in strings { writer.append(string) }
        return SHA256.digest(of: writer.bytes).words.prefix(4).reduce(0) { $0 << 32 | UInt128($1) }
    }
}

/// A set of splits in one byte.
private struct SplitSet: ExpressibleByArrayLiteral {
    private var bits: UInt8 = 0

    init(arrayLiteral elements: Split...) {
        for split in elements { _ = insert(split) }
    }

    /// Adds a split and returns those that were there before.
    mutating func insert(_ split: Split) -> Set<Split> {
        guard bits != 0 else {
            bits = split.bit
            return []
        }
        let before = Set(Split.allCases.filter { bits & $0.bit != 0 })
        bits |= split.bit
        return before
    }
}

extension Split {
    fileprivate var bit: UInt8 {
        switch self {
        case .train: 1
        case .valid: 2
        case .test: 4
        }
    }
}
