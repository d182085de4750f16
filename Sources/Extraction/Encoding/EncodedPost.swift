/// A post as numbers: `[CLS] text [SEP] context [SEP]` and what belongs to each word.
public struct EncodedPost: Sendable, Equatable {
    /// Wordpieces of the whole input.
    public var tokenIDs: [Int]
    /// The wordpieces of the text.
    public var text: Range<Int>
    /// The first wordpiece of each word that fits the model.
    public var wordStarts: [Int]
    /// The wordpieces of the context; empty where there is none.
    public var context: Range<Int>
    /// One part of speech a word, counted from 1; 0 is for none.
    public var partsOfSpeech: [Int]
    /// The gold tags of the words, for training.
    public var tags: [Int]
    /// What is annotated, for training, or given, where relations of given entities are asked for.
    public var annotation: Annotation
    /// How many words of the post did not fit.
    public var droppedWords: Int
    /// Whether the end of the context did not fit.
    public var contextIsCut: Bool

    package init(
        tokenIDs: [Int], text: Range<Int>, wordStarts: [Int], context: Range<Int>, partsOfSpeech: [Int], tags: [Int],
        annotation: Annotation = Annotation(), droppedWords: Int, contextIsCut: Bool = false
    ) {
        self.tokenIDs = tokenIDs
        self.text = text
        self.wordStarts = wordStarts
        self.context = context
        self.partsOfSpeech = partsOfSpeech
        self.tags = tags
        self.annotation = annotation
        self.droppedWords = droppedWords
        self.contextIsCut = contextIsCut
    }

    /// The length that batches are made by.
    public var length: Int { tokenIDs.count }
}
