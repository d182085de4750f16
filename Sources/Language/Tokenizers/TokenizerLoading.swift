import Foundation
import Support

/// Loads the tokenizer of an encoder from a folder.
/// - Throws: ``TokenizerError``, also where the vocabulary has more pieces than the encoder's table has rows.
public func loadTokenizer(
    folder: URL, for encoder: TextEncoderConfiguration
) throws(TokenizerError) -> any Tokenizer {
    let tokenizer: any Tokenizer
    switch encoder.kind {
    case .bert, .distilbert, .electra: tokenizer = try WordPieceTokenizer(folder: folder)
    case .roberta, .mpnet, .modernbert, .debertaV2:
        let path = folder.appending(path: "config.json").path
        throw .invalidConfiguration(
            path: path, reason: "there is no tokenizer for encoders of the kind \(encoder.kind.rawValue) yet")
    }
    let surplus = tokenizer.vocabularyCount - encoder.vocabularySize
    guard surplus <= 0 else {
        let path = folder.appending(path: tokenizer.fileNames.first ?? "").path
        throw .surplusPieces(path: path, count: surplus, known: encoder.vocabularySize)
    }
    return tokenizer
}

/// Why a tokenizer could not be made from its files.
public enum TokenizerError: Error, Equatable {
    /// A file is missing or cannot be read.
    case unreadable(path: String, reason: String)
    /// A vocabulary holds bytes that are not UTF-8.
    case notUTF8(path: String)
    /// A vocabulary lacks a token without which nothing can be encoded.
    case missingToken(String, path: String)
    /// A tokenizer's JSON does not say what it should.
    case invalidConfiguration(path: String, reason: String)
    /// A vocabulary has more pieces than the encoder knows.
    case surplusPieces(path: String, count: Int, known: Int)
}

extension TokenizerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); a WordPiece tokenizer needs the vocab.txt of its model"
        case .notUTF8(let path):
            "\(path): not UTF-8 text; a vocabulary has one wordpiece a line"
        case .missingToken(let token, let path):
            "\(path): no line says \(token.shortened), which every encoding needs; is this the vocab.txt of a BERT model?"
        case .invalidConfiguration(let path, let reason):
            "\(path): \(reason)"
        case .surplusPieces(let path, let count, let known):
            "\(path): it has \(count) words too many: the encoder knows \(known)"
        }
    }
}
