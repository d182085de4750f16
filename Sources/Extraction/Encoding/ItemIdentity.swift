import Vision

/// The content of an item's sides, by which equal items of a batch are one player of the games.
package struct ItemIdentity: Sendable, Equatable {
    /// The words of the text.
    package var text: [String]
    /// The pieces of the context that the model reads.
    package var context: [Int]
    /// The hash of the picture's file; nil without a picture.
    package var picture: ContentHash?

    package init(text: [String], context: [Int], picture: ContentHash?) {
        (self.text, self.context, self.picture) = (text, context, picture)
    }

    /// The content of one side.
    enum Key: Hashable {
        case words([String])
        case pieces([Int])
        case picture(ContentHash)
    }
}
