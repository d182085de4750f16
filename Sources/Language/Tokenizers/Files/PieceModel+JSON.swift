import Support

extension PieceModel: Decodable {
    private enum Kind: String, CaseIterable {
        case wordPiece = "WordPiece"
        case bytePair = "BPE"
        case unigram = "Unigram"
    }

    /// The ids that a piece may have.
    static let ids = 0...10_000_000

    init(from decoder: any Decoder) throws {
        let part = try TokenizerPart<Kind>(decoder)
        switch part.kind {
        case .wordPiece: self = .wordPiece(try Self.wordPiece(part))
        case .bytePair: self = .bytePair(try Self.bytePair(part))
        case .unigram: self = .unigram(try Self.unigram(part))
        }
    }

    private static func wordPiece(_ part: TokenizerPart<Kind>) throws -> WordPieceModel {
        try part.allow("vocab", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word")
        let vocabulary = try vocabulary(part)
        let name = try part.fields.decode(String.self, forKey: "unk_token")
        guard let unknown = vocabulary.id(of: name) else { throw part.missing(name, "unk_token") }
        return WordPieceModel(
            vocabulary: vocabulary, unknown: unknown,
            prefix: try part.fields.decodeIfPresent(String.self, forKey: "continuing_subword_prefix") ?? "##",
            longestWord: try part.fields.whole("max_input_chars_per_word", in: ids, default: 100))
    }

    private static func bytePair(_ part: TokenizerPart<Kind>) throws -> BytePairModel {
        try part.allow(
            "vocab", "merges", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk",
            "byte_fallback", "ignore_merges", "dropout")
        try part.require("dropout", 0.0, because: "only null is supported: pieces are never drawn")
        let vocabulary = try vocabulary(part)
        let prefix = try part.fields.decodeIfPresent(String.self, forKey: "continuing_subword_prefix") ?? ""
        let suffix = try part.fields.decodeIfPresent(String.self, forKey: "end_of_word_suffix") ?? ""
        var options = BytePairModel.Options(
            fusesUnknown: try part.flag("fuse_unk", default: false),
            fallsBackToBytes: try part.flag("byte_fallback", default: false),
            takesWholeWords: try part.flag("ignore_merges", default: false), prefix: prefix.scalarValues,
            suffix: suffix.scalarValues)
        if let name = try part.fields.decodeIfPresent(String.self, forKey: "unk_token") {
            guard let unknown = vocabulary.id(of: name) else { throw part.missing(name, "unk_token") }
            options.unknown = unknown
        }
        let merges = try part.fields.decode([Merge].self, forKey: "merges").enumerated().map { rank, merge in
            do throws(UnknownPiece) {
                return try vocabulary.merge(merge.first, merge.second, prefix: prefix)
            } catch {
                throw part.fields.corrupted("merges", "entry \(rank): \(error.piece.quoted) is no piece of vocab")
            }
        }
        return BytePairModel(vocabulary: vocabulary, merges: merges, options: options)
    }

    private static func unigram(_ part: TokenizerPart<Kind>) throws -> UnigramModel {
        try part.allow("vocab", "unk_id", "byte_fallback")
        let entries = try part.fields.decode([ScoredPiece].self, forKey: "vocab")
        guard let last = entries.indices.last else { throw part.fields.corrupted("vocab", "is empty; it needs pieces") }
        return UnigramModel(
            vocabulary: PieceVocabulary(entries.enumerated().map { ($1.piece, $0) }), scores: entries.map(\.score),
            unknown: try part.fields.whole("unk_id", in: 0...last),
            fallsBackToBytes: try part.flag("byte_fallback", default: false))
    }

    private static func vocabulary(_ part: TokenizerPart<Kind>) throws -> PieceVocabulary {
        let known = try part.fields.decode([String: Int].self, forKey: "vocab").map { ($0.key, $0.value) }
        let pieces = part.document.flatMap { ExactObject.numbers(in: $0, at: "model", "vocab") } ?? known
        if let (piece, id) = pieces.first(where: { !ids.contains($0.1) }) {
            throw part.fields.corrupted("vocab", "\(piece.quoted) has the id \(id); it must be \(ids.rule)")
        }
        return PieceVocabulary(pieces)
    }
}

extension TokenizerPart {
    fileprivate func missing(_ piece: String, _ field: Field) -> DecodingError {
        fields.corrupted(field, "is \(piece.quoted), which is no piece of vocab")
    }
}

/// A piece that a merge names and the vocabulary lacks.
struct UnknownPiece: Error {
    let piece: String
}

extension PieceVocabulary {
    /// The ids of two pieces and of both together.
    func merge(
        _ first: String, _ second: String, prefix: String
    ) throws(UnknownPiece) -> (first: Int, second: Int, result: Int) {
        func id(_ piece: String) throws(UnknownPiece) -> Int {
            guard let id = self.id(of: piece) else { throw UnknownPiece(piece: piece) }
            return id
        }
        let rest = second.unicodeScalars.dropFirst(prefix.unicodeScalars.count)
        return (try id(first), try id(second), try id(first + String(String.UnicodeScalarView(rest))))
    }
}

/// Two pieces that are merged, written as `"a b"` or as `["a", "b"]`.
private struct Merge: Decodable {
    let first: String
    let second: String

    init(from decoder: any Decoder) throws {
        let pieces: [String]
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            pieces = text.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        } else {
            pieces = try decoder.singleValueContainer().decode([String].self)
        }
        guard pieces.count == 2 else {
            throw DecodingError.corrupted(decoder.codingPath, "is no pair of pieces, such as \"a b\"")
        }
        (first, second) = (pieces[0], pieces[1])
    }
}

/// A piece and the logarithm of its probability, written as `["a", -3.5]`.
private struct ScoredPiece: Decodable {
    let piece: String
    let score: Double

    init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        piece = try values.decode(String.self)
        score = try values.decode(Double.self)
    }
}
