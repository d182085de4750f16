import Foundation
import Support

/// RoBERTa's files: `vocab.json`, pieces and their ids, and `merges.txt`, a pair of pieces a line.
struct BytePairFiles {
    /// The pieces and their ids.
    private struct Vocabulary: Decodable {
        let pieces: [(String, Int)]

        init(from decoder: any Decoder) throws {
            let known = try decoder.singleValueContainer().decode([String: Int].self).map { ($0.key, $0.value) }
            let document = decoder.userInfo[ExactObject.document] as? [UInt8]
            pieces = document.flatMap { ExactObject.numbers(in: $0) } ?? known
            if let (piece, id) = pieces.first(where: { !PieceModel.ids.contains($0.1) }) {
                throw DecodingError.corrupted(
                    [], "\(piece.quoted) has the id \(id); it must be \(PieceModel.ids.rule)")
            }
        }
    }

    private static let names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]

    let vocabulary: URL
    let merges: URL

    /// RoBERTa's tokenizer.
    /// - Parameter addsBlank: whether a blank is put before a text.
    func roberta(addsBlank: Bool) throws(TokenizerError) -> TokenizerParts {
        guard let file: Vocabulary = try decodeTokenizerFile(vocabulary) else {
            throw .unreadable(path: vocabulary.path, reason: systemMessage(ENOENT))
        }
        let pieces = PieceVocabulary(file.pieces)
        let tokens = try Self.names.map { name throws(TokenizerError) in
            guard let id = pieces.id(of: name) else { throw .missingToken(name, path: vocabulary.path) }
            return AddedToken(content: name, id: id, stripsLeft: name == "<mask>")
        }
        let model = BytePairModel(
            vocabulary: pieces, merges: try readMerges(pieces), options: BytePairModel.Options())
        return TokenizerParts(
            preTokenizer: .byteLevel(addsBlank: addsBlank, cuts: true), model: .bytePair(model), addedTokens: tokens,
            template: SequenceTemplate(
                classification: tokens[0].id, separator: tokens[2].id, separators: 2, pairSegment: 0),
            trimming: TokenizerParts.Trimming(addsBlank: addsBlank), padding: tokens[1].id)
    }

    private func readMerges(
        _ pieces: PieceVocabulary
    ) throws(TokenizerError) -> [(first: Int, second: Int, result: Int)] {
        let text = try tokenizerText(merges)
        var result: [(first: Int, second: Int, result: Int)] = []
        for (index, line) in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty || line.starts(with: "#version".unicodeScalars) { continue }
            let pair = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else {
                throw .invalidConfiguration(
                    path: merges.path, reason: "line \(index + 1): is no pair of pieces, such as \"a b\"")
            }
            do throws(UnknownPiece) {
                result.append(try pieces.merge(pair[0], pair[1], prefix: ""))
            } catch {
                throw .invalidConfiguration(
                    path: merges.path, reason: "line \(index + 1): \(error.piece.quoted) is no piece of vocab.json")
            }
        }
        return result
    }
}
