import Foundation

/// The tokenizer that a `tokenizer.json` describes: added tokens are found, the text between them is normalised and cut
/// into words, and a model cuts the words into pieces.
///
/// Gives the ids and the places that the `tokenizers` library gives. Given words are encoded one by one; those that are
/// not the first as if a blank stood before them, where blanks belong to pieces (byte level and metaspace). So the words
/// of a text have the pieces that they have in the text, as with `is_split_into_words=True` and `add_prefix_space`.
package struct PipelineTokenizer: Tokenizer {
    package let specialTokens: SpecialTokens
    package let fileNames: [String]
    package let vocabularyCount: Int

    private let parts: TokenizerParts
    private let rawTokens: AddedTokenFinder
    private let normalizedTokens: AddedTokenFinder
    private let segmentCount: Int

    /// A tokenizer of parts.
    /// - Parameters:
    ///   - names: the names of special tokens, as far as files give them.
    ///   - files: the files that it comes from, the vocabulary first.
    ///   - segmentCount: the number of segments that the encoder tells apart.
    init(
        _ parts: TokenizerParts, names: TokenizerNames, files: [URL], segmentCount: Int
    ) throws(TokenizerError) {
        self.parts = parts
        self.segmentCount = segmentCount
        fileNames = files.map(\.lastPathComponent)
        specialTokens = try parts.specialTokens(names, path: files.first?.path ?? "")
        vocabularyCount = parts.addedTokens.reduce(parts.model.vocabulary.count) { max($0, $1.id + 1) }
        var (raw, normalized) = (AddedTokenFinder(), AddedTokenFinder())
        for token in parts.addedTokens.filter(\.isSpecial) + parts.addedTokens.filter({ !$0.isSpecial }) {
            let scalars = token.content.scalarValues
            if token.isNormalized {
                var text = AlignedText(scalars, 0..<scalars.count)
                parts.normalizer?.normalize(&text)
                normalized.insert(token, as: text.scalars)
            } else {
                raw.insert(token, as: scalars)
            }
        }
        (rawTokens, normalizedTokens) = (raw, normalized)
    }

    package func encode(_ text: String, atMost limit: Int) -> ArraySlice<Piece> {
        var run = Run()
        feed(text, to: &run, atMost: limit)
        return run.pieces.prefix(limit)
    }

    package func encode(words: [String]) -> [Piece] {
        var run = Run()
        for (index, word) in words.enumerated() {
            run.givenWord = index
            feed(word, to: &run)
        }
        return run.pieces
    }

    package func frame(_ text: [Int], _ pair: [Int]?) -> TokenSequence {
        parts.template.frame(text, pair, segmentCount: segmentCount)
    }

    package func frameLength(pair: Bool) -> Int { parts.template.length(pair: pair) }

    /// Those of `[unused1]`, `[unused2]` and so on where the vocabulary has them all; else those behind the vocabulary.
    package func reservedIDs(count: Int) throws(TokenizerError) -> [Int] {
        let unused = (0..<count).compactMap { id(of: "[unused\($0 + 1)]") }
        return unused.count == count ? unused : Array(vocabularyCount..<vocabularyCount + count)
    }

    /// The id of a piece or of an added token as written; nil where there is none.
    package func id(of token: String) -> Int? { parts.id(of: token) }

    /// The pieces so far, and memory that words share.
    private struct Run {
        var pieces: [Piece] = []
        /// The word that the pieces belong to; where it is nil they are counted.
        var givenWord: Int?
        var countedWords = 0
        var memory = ModelPieces()
    }

    private func feed(_ text: String, to run: inout Run, atMost limit: Int = .max) {
        let scalars = text.scalarValues
        for part in rawTokens.parts(of: scalars, in: 0..<scalars.count) where run.pieces.count < limit {
            if let token = part.token {
                append(token, scalars[part.range], part.range, to: &run)
                continue
            }
            var text = AlignedText(scalars, part.range)
            parts.normalizer?.normalize(&text)
            let inner = normalizedTokens.parts(of: text.scalars, in: 0..<text.count)
            for part in inner where run.pieces.count < limit {
                if let token = part.token {
                    append(token, text.scalars[part.range], text.origin(of: part.range), to: &run)
                } else {
                    appendWords(inner.count == 1 ? text : AlignedText(text, part.range), to: &run, atMost: limit)
                }
            }
        }
    }

    private func appendWords(_ text: AlignedText, to run: inout Run, atMost limit: Int) {
        var words = Words(text)
        parts.preTokenizer?.cut(&words, followsBlank: followsBlank(run))
        for range in words.ranges where run.pieces.count < limit {
            run.memory.items.removeAll(keepingCapacity: true)
            parts.model.appendPieces(of: words.text.scalars, in: range, to: &run.memory)
            let word = run.givenWord ?? run.countedWords
            for item in run.memory.items {
                let origin = words.text.origin(of: item.range)
                let place = trimmed(origin, words.text.scalars[item.range], run)
                run.pieces.append(Piece(id: item.id, word: word, range: place))
            }
            run.countedWords += 1
        }
    }

    private func append(_ token: AddedToken, _ scalars: ArraySlice<UInt32>, _ range: Range<Int>, to run: inout Run) {
        let place = trimmed(range, scalars, run)
        run.pieces.append(Piece(id: token.id, word: run.givenWord ?? run.countedWords, range: place))
        run.countedWords += 1
    }

    private func followsBlank(_ run: Run) -> Bool { (run.givenWord ?? 0) > 0 }

    /// A piece's place without the blanks at its ends, where the tokenizer leaves them out.
    private func trimmed(_ range: Range<Int>, _ scalars: ArraySlice<UInt32>, _ run: Run) -> Range<Int> {
        guard let trimming = parts.trimming else { return range }
        func isBlank(_ scalar: UInt32) -> Bool { scalar == ByteAlphabet.blank || scalar.isBlank }
        var leading = scalars.prefix(while: isBlank).count
        let trailing = scalars.reversed().prefix(while: isBlank).count
        let isFirst = run.pieces.isEmpty || range.lowerBound == 0
        if isFirst && leading == 1 && (trimming.addsBlank || followsBlank(run)) { leading = 0 }
        let start = min(range.lowerBound + leading, range.upperBound)
        let end = range.upperBound >= trailing ? max(range.upperBound - trailing, start) : range.upperBound
        return start..<end
    }
}
