/// The place of a picture with its context among the pictures of several posts: the item of the alignment's games.
package struct PicturePlace: Sendable, Hashable {
    /// The place of the post, for example in a batch.
    package var post: Int
    /// The number of the picture among those that are read of the post, from 0.
    package var number: Int

    package init(post: Int, number: Int) { (self.post, self.number) = (post, number) }
}
