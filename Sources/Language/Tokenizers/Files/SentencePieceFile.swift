import Foundation
import Support

/// A model that SentencePiece trained: `sentencepiece.bpe.model` or `spm.model`.
struct SentencePieceFile {
    /// A piece and the logarithm of its probability.
    struct Piece {
        var text = ""
        var score = 0.0
        var kind: UInt64 = 1
    }

    private static let unknownKind: UInt64 = 2
    private static let unigramKind: UInt64 = 1

    let url: URL
    /// The pieces in the order of their ids.
    private(set) var pieces: [Piece] = []
    /// What is put in the place of characters.
    private(set) var characterMap: CharacterMap?
    private var modelKind: UInt64 = unigramKind

    /// Reads a model.
    /// - Throws: `TokenizerError` where it is none, or none of unigrams.
    init(_ url: URL) throws(TokenizerError) {
        self.url = url
        let bytes: [UInt8]
        do {
            bytes = [UInt8](try Data(contentsOf: url))
        } catch {
            throw .unreadable(path: url.path, reason: Support.reason(of: error))
        }
        do throws(ProtocolBuffer.Fault) {
            try read(bytes[...])
        } catch {
            throw .invalidConfiguration(path: url.path, reason: "it is no SentencePiece model, or a part of one")
        }
        guard !pieces.isEmpty else {
            throw .invalidConfiguration(path: url.path, reason: "field pieces: is empty; it needs pieces")
        }
        guard modelKind == Self.unigramKind else {
            throw .invalidConfiguration(
                path: url.path,
                reason: "field trainer_spec.model_type: is \(modelKind); only 1, the unigram model, is supported")
        }
    }

    /// The id of the piece for what no pieces make up.
    var unknown: Int? { pieces.firstIndex { $0.kind == Self.unknownKind } }

    private mutating func read(_ message: ArraySlice<UInt8>) throws(ProtocolBuffer.Fault) {
        var fields = ProtocolBuffer(message)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .bytes(let bytes)): pieces.append(try Self.piece(bytes))
            case (2, .bytes(let bytes)): try readTrainer(bytes)
            case (3, .bytes(let bytes)): try readNormalizer(bytes)
            default: break
            }
        }
    }

    private static func piece(_ message: ArraySlice<UInt8>) throws(ProtocolBuffer.Fault) -> Piece {
        var (piece, fields) = (Piece(), ProtocolBuffer(message))
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .bytes(let bytes)):
                guard let text = String(validating: bytes, as: UTF8.self) else { throw ProtocolBuffer.Fault() }
                piece.text = text
            case (2, .fixed32(let bits)):
                piece.score = Double(Float(bitPattern: bits))
                guard piece.score.isFinite else { throw ProtocolBuffer.Fault() }
            case (3, .number(let kind)): piece.kind = kind
            default: break
            }
        }
        return piece
    }

    private mutating func readTrainer(_ message: ArraySlice<UInt8>) throws(ProtocolBuffer.Fault) {
        var fields = ProtocolBuffer(message)
        while let (field, value) = try fields.next() {
            if field == 3, case .number(let kind) = value { modelKind = kind }
        }
    }

    private mutating func readNormalizer(_ message: ArraySlice<UInt8>) throws(ProtocolBuffer.Fault) {
        var fields = ProtocolBuffer(message)
        while let (field, value) = try fields.next() {
            guard field == 2, case .bytes(let bytes) = value, !bytes.isEmpty else { continue }
            guard let map = CharacterMap(Array(bytes)) else { throw ProtocolBuffer.Fault() }
            characterMap = map
        }
    }
}

extension SentencePieceFile {
    /// XLM-R's tokenizer: the ids of fairseq, `<s>`, `<pad>`, `</s>`, `<unk>`, the pieces from the fourth on, `<mask>`.
    func xlmRoberta() throws(TokenizerError) -> TokenizerParts {
        let names = ["<s>", "<pad>", "</s>", "<unk>"]
        let scored =
            names.map { Piece(text: $0) } + pieces.dropFirst(3) + [Piece(text: "<mask>")]
        var tokens = names.enumerated().map { AddedToken(content: $1, id: $0) }
        tokens.append(AddedToken(content: "<mask>", id: scored.count - 1, stripsLeft: true))
        return TokenizerParts(
            normalizer: characterMap.map { .characterMap($0) },
            preTokenizer: .sequence([.split(.each(.blank), .removed, inverts: false), Self.metaspace]),
            model: Self.model(scored, unknown: 3), addedTokens: tokens,
            template: SequenceTemplate(classification: 0, separator: 2, separators: 2, pairSegment: 0), padding: 1)
    }

    /// DeBERTa's tokenizer: the pieces with their ids, and `[MASK]` behind them.
    /// - Parameters:
    ///   - lowercases: whether letters are made small.
    ///   - splitsPunctuation: whether every punctuation mark is a word.
    func deberta(lowercases: Bool, splitsPunctuation: Bool) throws(TokenizerError) -> TokenizerParts {
        guard let unknown else { throw .missingToken("[UNK]", path: url.path) }
        var ids: [String: Int] = [:]
        for (id, piece) in pieces.enumerated() where ids[piece.text] == nil { ids[piece.text] = id }
        func id(_ name: String) throws(TokenizerError) -> Int {
            guard let id = ids[name] else { throw .missingToken(name, path: url.path) }
            return id
        }
        let (classification, separator, padding) = (try id("[CLS]"), try id("[SEP]"), try id("[PAD]"))
        let tokens = [
            AddedToken(content: "[PAD]", id: padding), AddedToken(content: "[CLS]", id: classification),
            AddedToken(content: "[SEP]", id: separator),
            AddedToken(content: pieces[unknown].text, id: unknown, isNormalized: true),
            AddedToken(content: "[MASK]", id: ids["[MASK]"] ?? pieces.count),
        ]
        var normalizers: [Normalizer] = lowercases ? [.lowercase] : []
        normalizers.append(.strip(left: true, right: true))
        if let characterMap { normalizers.append(.characterMap(characterMap)) }
        normalizers.append(.replace(.blanks(atLeast: 2), with: [0x20]))
        let marks: [PreTokenizer] = splitsPunctuation ? [.split(.each(.punctuation), .isolated, inverts: false)] : []
        return TokenizerParts(
            normalizer: .sequence(normalizers), preTokenizer: .sequence(marks + [Self.metaspace]),
            model: Self.model(pieces, unknown: unknown), addedTokens: tokens,
            template: SequenceTemplate(
                classification: classification, separator: separator, separators: 1, pairSegment: 1),
            padding: padding)
    }

    private static let metaspace = PreTokenizer.metaspace(mark: 0x2581, prepending: .always, cuts: true)

    private static func model(_ pieces: [Piece], unknown: Int) -> PieceModel {
        .unigram(
            UnigramModel(
                vocabulary: PieceVocabulary(pieces.enumerated().map { ($1.text, $0) }), scores: pieces.map(\.score),
                unknown: unknown, fallsBackToBytes: false))
    }
}
