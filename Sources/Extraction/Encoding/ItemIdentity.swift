import Vision

/// The content of a post's sides, by which equal items of a batch are one player of the games.
package struct ItemIdentity: Sendable, Equatable {
    /// The words of the text.
    package var text: [String]
    /// The pieces of the context that the model reads, of each picture.
    package var contexts: [[Int]]
    /// The hash of the file of each picture; nil where there is none.
    package var pictures: [ContentHash?]

    package init(text: [String], contexts: [[Int]], pictures: [ContentHash?]) {
        (self.text, self.contexts, self.pictures) = (text, contexts, pictures)
    }

    /// The content of one side.
    enum Key: Hashable {
        /// A text that is equal to itself alone: that of the post at a place.
        case post(Int)
        case words([String])
        case pieces([Int])
        case picture(ContentHash)
    }
}
