import Language

/// The tokens round heads and tails where `mre.markers` is set (Baldini Soares et al., 2019): four of those that
/// the vocabulary keeps for its users, or four new ones.
///
/// A post that asks for several relations has all their heads and tails marked.
struct EntityMarkers: Sendable {
    private let head: (open: Int, close: Int)
    private let tail: (open: Int, close: Int)

    /// The numbers of the four tokens.
    /// - Throws: `TokenizerError.missingToken` where the vocabulary lacks one.
    static func ids(_ tokenizer: any Tokenizer) throws -> [Int] { try tokenizer.reservedIDs(count: 4) }

    /// An encoder that knows the markers: itself, or one with more tokens where the vocabulary keeps none.
    /// - Throws: `TokenizerError.missingToken` where the vocabulary lacks one, `TorchError` where memory runs out.
    static func known(to encoder: any TextEncoder, _ tokenizer: any Tokenizer) throws -> any TextEncoder {
        let missing = (try ids(tokenizer).max() ?? 0) + 1 - encoder.vocabularySize
        return missing > 0 ? try encoder.addingTokens(missing) : encoder
    }

    /// - Throws: `TokenizerError.missingToken` where the vocabulary lacks one.
    init(_ tokenizer: any Tokenizer) throws {
        let ids = try Self.ids(tokenizer)
        head = (ids[0], ids[1])
        tail = (ids[2], ids[3])
    }

    /// The pieces of words, with markers before the first and after the last word of every head and tail.
    /// - Returns: the pieces of each word, and how many markers precede its own first piece.
    func mark(_ pieces: [[Int]], _ query: RelationQuery) -> [(pieces: [Int], lead: Int)] {
        var marked = pieces.map { (pieces: $0, lead: 0) }
        func mark(_ entities: Set<Int>, _ marker: (open: Int, close: Int)) {
            for index in entities.sorted() {
                let entity = query.entities[index]
                guard entity.start < entity.end, entity.end <= marked.count else { continue }
                marked[entity.start].pieces.insert(marker.open, at: marked[entity.start].lead)
                marked[entity.start].lead += 1
                marked[entity.end - 1].pieces.append(marker.close)
            }
        }
        mark(Set(query.pairs.map(\.head)), head)
        mark(Set(query.pairs.map(\.tail)), tail)
        return marked
    }
}
