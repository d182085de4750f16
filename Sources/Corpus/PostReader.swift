/// A file of posts, read one post at a time.
///
/// A post that cannot be read comes as an error and the reading goes on behind it. What is odd but readable is
/// collected in ``findings``.
public protocol PostReader: AnyObject, Sequence<Result<Post, CorpusError>>, IteratorProtocol {
    /// Where the last post began.
    var location: SourceLocation { get }
    /// What was odd in the posts so far.
    var findings: Findings { get }
}

extension PostReader {
    /// Reads every post that is left.
    /// - Throws: the first ``CorpusError``.
    public func posts() throws -> [Post] {
        var posts: [Post] = []
        for result in self { posts.append(try result.get()) }
        return posts
    }
}

extension Findings {
    /// Counts what is odd in a post that is well formed.
    mutating func inspect(_ post: Post, at location: SourceLocation) {
        if post.isEmpty {
            add(.emptyPost, at: location, "post \(post.id.quoted) has no words; remove it or give it some")
        } else if case .tokens(let tokens) = post.content, let index = tokens.firstIndex(where: \.isBlank) {
            let count = tokens.count(where: \.isBlank)
            add(.blankToken, at: location, "tokens[\(index)] of post \(post.id.quoted) is blank (\(count) in the post)")
        }
        if let (left, right) = post.firstOverlap {
            add(.overlappingEntities, at: location, "entities[\(left)] and entities[\(right)] overlap")
        }
    }
}
