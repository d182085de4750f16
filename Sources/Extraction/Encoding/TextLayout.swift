import Language

/// How the pieces of a text and of its context share the length that a model reads.
struct TextLayout {
    /// The pieces of the words that are read.
    private(set) var text: [Int] = []
    /// The first piece of each word.
    private(set) var wordStarts: [Int] = []
    /// The windows in which the text is read; nil where it is read at once.
    private(set) var windows: TextWindows?
    /// The most pieces of the context beside the text, or beside each window.
    private(set) var contextRoom = 0
    /// Why the text is not read, where it is too long and `overlong` is `error`.
    private(set) var refusal: String?

    /// - Parameters:
    ///   - words: the pieces of each word, and how many markers precede its own first piece.
    ///   - contextCount: the number of the context's pieces.
    init(
        _ words: [(pieces: [Int], lead: Int)], contextCount: Int, _ configuration: ModelConfiguration,
        _ tokenizer: any Tokenizer
    ) {
        let limit = configuration.maximumLength
        let aloneRoom = limit - tokenizer.frameLength(pair: false)
        let pairRoom = limit - tokenizer.frameLength(pair: true)
        let share = min(contextCount, max(0, pairRoom / 2))
        let room = max(1, share > 0 ? pairRoom - share : aloneRoom)
        let count = words.reduce(0) { $0 + $1.pieces.count }
        if count > room && configuration.overlong == .windows {
            // A word that no window holds is read as far as one does.
            for word in words { append(word, atMost: room) }
            windows = TextWindows(words: words.map { min($0.pieces.count, room) }, room: room)
            contextRoom = share
            return
        }
        if count > room && configuration.overlong == .error {
            refusal =
                "it has \(count) wordpieces and room for \(room) beside its context; divide it, or train with "
                + "text.overlong=windows"
        }
        for word in words {
            guard text.count + word.pieces.count <= aloneRoom else { break }
            append(word, atMost: word.pieces.count)
        }
        contextRoom = max(0, pairRoom - text.count)
    }

    private mutating func append(_ word: (pieces: [Int], lead: Int), atMost limit: Int) {
        wordStarts.append(text.count + min(word.lead, limit - 1))
        text += word.pieces.prefix(limit)
    }
}
