import Foundation
import Support

/// Loads the tokenizer of an encoder from a folder. The files decide which one it is: `tokenizer.json` where it is
/// there, else the vocabulary.
/// - Throws: ``TokenizerError``, also where the vocabulary has more pieces than the encoder's table has rows.
public func loadTokenizer(
    folder: URL, for encoder: TextEncoderConfiguration
) throws(TokenizerError) -> any Tokenizer {
    let tokenizer = try TokenizerFolder(url: folder).load(segmentCount: encoder.segmentCount)
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
    /// A folder has none of the files that a tokenizer is read from.
    case missingFiles(folder: String, lookedFor: [String])
}

extension TokenizerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); a tokenizer needs the files of its model"
        case .notUTF8(let path):
            "\(path): not UTF-8 text; a vocabulary has one wordpiece a line"
        case .missingToken(let token, let path):
            "\(path): \(token.shortened) is missing, which every encoding needs; is this the vocabulary of the model?"
        case .invalidConfiguration(let path, let reason):
            "\(path): \(reason)"
        case .missingFiles(let folder, let names):
            "\(folder): holds no tokenizer; looked for \(names.joined(separator: ", "))"
        case .surplusPieces(let path, let count, let known):
            "\(path): it has \(count) words too many: the encoder knows \(known)"
        }
    }
}
