import Foundation

/// BERT's tokenizer: cleans a text, divides it into words and cuts these into wordpieces.
///
/// Gives the ids that `BertTokenizerFast` of `transformers` gives. The names of special tokens, such as `[SEP]`,
/// are recognised in the text itself.
package struct WordPieceTokenizer: Tokenizer {
    /// The pieces and their ids.
    package let vocabulary: WordPieceVocabulary
    package let specialTokens: SpecialTokens
    /// The number of pieces.
    package var vocabularyCount: Int { vocabulary.count }
    package var fileNames: [String] { ["vocab.txt", "tokenizer_config.json", "tokenizer.json"] }
    /// The cleaning of the text.
    package var options: NormalizerOptions { normalizer.options }

    private let normalizer: BertNormalizer
    private let specials: [(scalars: [Unicode.Scalar], id: Int)]
    private let specialStarts: [Unicode.Scalar]

    /// A tokenizer of a vocabulary.
    /// - Throws: `TokenizerError.missingToken` where the vocabulary lacks a special token.
    package init(
        vocabulary: WordPieceVocabulary, options: NormalizerOptions, names: SpecialTokenNames = SpecialTokenNames()
    ) throws(TokenizerError) {
        self.vocabulary = vocabulary
        normalizer = BertNormalizer(options: options)
        specialTokens = SpecialTokens(
            unknown: try vocabulary.requiredID(of: names.unknown),
            classification: try vocabulary.requiredID(of: names.classification),
            separator: try vocabulary.requiredID(of: names.separator),
            padding: try vocabulary.requiredID(of: names.padding),
            mask: vocabulary.id(of: names.mask))
        specials = names.all.compactMap { name in
            vocabulary.id(of: name).map { (Array(name.unicodeScalars), $0) }
        }
        specialStarts = Array(Set(names.all.compactMap(\.unicodeScalars.first)))
    }

    /// Reads `vocab.txt` of a Hugging Face folder, and how text is cleaned from its `tokenizer_config.json`, else from
    /// its `tokenizer.json`, else from the vocabulary: one that holds capital letters belongs to a cased model.
    /// - Throws: `TokenizerError` where a file cannot be read or lacks a special token.
    package init(folder: URL) throws(TokenizerError) {
        let vocabulary = try WordPieceVocabulary(contentsOf: folder.appending(path: "vocab.txt"))
        let configuration = try TokenizerConfiguration(folder: folder)
        try configuration.check(vocabulary)
        try self.init(
            vocabulary: vocabulary, options: configuration.options(for: vocabulary), names: configuration.names)
    }

    package func encode(_ text: String, atMost limit: Int) -> ArraySlice<Piece> {
        var builder = makeBuilder()
        feed(text, to: &builder, atMost: limit)
        return builder.pieces.prefix(limit)
    }

    package func encode(words: [String]) -> [Piece] {
        var builder = makeBuilder()
        for (index, word) in words.enumerated() {
            builder.givenWord = index
            feed(word, to: &builder)
        }
        return builder.pieces
    }

    /// `[CLS] text [SEP]`, or `[CLS] text [SEP] pair [SEP]`.
    package func frame(_ text: [Int], _ pair: [Int]?) -> TokenSequence {
        var ids = [specialTokens.classification]
        ids.reserveCapacity(text.count + (pair?.count ?? 0) + frameLength(pair: pair != nil))
        ids += text
        ids.append(specialTokens.separator)
        let (textRange, start) = (1..<(text.count + 1), ids.count)
        if let pair {
            ids += pair
            ids.append(specialTokens.separator)
        }
        return TokenSequence(
            ids: ids, text: textRange, pair: start..<(start + (pair?.count ?? 0)), secondSegment: start)
    }

    package func frameLength(pair: Bool) -> Int { pair ? 3 : 2 }

    /// Those of `[unused1]`, `[unused2]` and so on.
    package func reservedIDs(count: Int) throws(TokenizerError) -> [Int] {
        try (0..<count).map { index throws(TokenizerError) in try vocabulary.requiredID(of: "[unused\(index + 1)]") }
    }

    private func makeBuilder() -> PieceBuilder {
        PieceBuilder(table: vocabulary.table, unknown: specialTokens.unknown, sortsMarks: options.stripsAccents)
    }

    /// - Parameter limit: the number of pieces after which the rest is left out.
    private func feed(_ text: String, to builder: inout PieceBuilder, atMost limit: Int = .max) {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        var position = 0
        while index < scalars.endIndex, builder.pieces.count < limit {
            let scalar = scalars[index]
            if specialStarts.contains(scalar), let special = special(at: scalars[index...]) {
                builder.append(special: special.id, range: position..<position + special.length)
                scalars.formIndex(&index, offsetBy: special.length)
                position += special.length
            } else {
                normalizer.withForms(of: scalar) { builder.append($0, from: position) }
                scalars.formIndex(after: &index)
                position += 1
            }
        }
        builder.endWord()
    }

    /// The longest special token that the text begins with.
    private func special(at text: Substring.UnicodeScalarView) -> (id: Int, length: Int)? {
        specials.lazy
            .filter { text.starts(with: $0.scalars) }
            .max { $0.scalars.count < $1.scalars.count }
            .map { ($0.id, $0.scalars.count) }
    }
}
