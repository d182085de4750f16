import Foundation
import Support

/// BERTweet's files: `vocab.txt`, a piece and its count a line, behind four special tokens that it does not list, and `bpe.codes`,
/// a pair of parts and its count a line.
///
/// Nguyen, Vu and Tuan Nguyen: BERTweet: A pre-trained language model for English Tweets, 2020.
struct FastBPEFiles {
    private static let specials = ["<s>", "<pad>", "</s>", "<unk>"]

    let vocabulary: URL
    let codes: URL

    /// BERTweet's tokenizer, without its rules for Tweets: texts are cut at white space.
    func bertweet() throws(TokenizerError) -> TokenizerParts {
        var pieces = Self.specials.enumerated().map { ($0.element.scalarValues, $0.offset) }
        var known = Set(pieces.map(\.0))
        for (line, number) in try lines(of: vocabulary) {
            guard let blank = line.lastIndex(of: 0x20), blank > line.startIndex else {
                throw malformed(vocabulary, number, "is no piece and its count, such as \"hello 17\"")
            }
            let piece = Array(line[..<blank])
            guard known.insert(piece).inserted else {
                throw malformed(vocabulary, number, "\(text(of: piece).quoted) stands in the file twice")
            }
            pieces.append((piece, pieces.count))
        }
        let merges = try lines(of: codes).map { line, number throws(TokenizerError) in
            let parts = line.split(whereSeparator: \.isBlank).map(Array.init)
            guard parts.count == 3 else {
                throw malformed(codes, number, "is no pair of parts and its count, such as \"h e 17\"")
            }
            return (first: parts[0], second: parts[1])
        }
        let model = FastBPEModel(vocabulary: PieceVocabulary(scalars: pieces), merges: merges, unknown: 3)
        let tokens = (Self.specials + ["<mask>"]).map {
            AddedToken(content: $0, id: model.vocabulary.id(of: $0) ?? pieces.count)
        }
        return TokenizerParts(
            preTokenizer: .split(.pythonWords, .removed, inverts: true), model: .fastBPE(model), addedTokens: tokens,
            template: SequenceTemplate(classification: 0, separator: 2, separators: 2, pairSegment: 0), padding: 1)
    }

    /// The lines that are not empty, without white space at their ends, with their numbers from 1.
    private func lines(of file: URL) throws(TokenizerError) -> [(line: ArraySlice<UInt32>, number: Int)] {
        let text = try tokenizerText(file)
        let lines = text.scalarValues.split(separator: 0x0A, omittingEmptySubsequences: false)
        return zip(lines, 1...).compactMap { line, number in
            let start = line.drop(while: \.isBlank)
            return start.lastIndex { !$0.isBlank }.map { (start[start.startIndex...$0], number) }
        }
    }

    private func text(of scalars: [UInt32]) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.lazy.compactMap(Unicode.Scalar.init))
        return String(text)
    }

    private func malformed(_ file: URL, _ line: Int, _ reason: String) -> TokenizerError {
        .invalidConfiguration(path: file.path, reason: "line \(line): \(reason)")
    }
}
