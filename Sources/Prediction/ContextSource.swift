import Corpus
import Extraction
import Foundation

/// Makes bridging contexts for pictures that come without one.
public protocol ContextSource: Sendable {
    /// The contexts of pictures, in their order.
    /// - Throws: an error that ends the prediction of all posts, such as a cache that cannot be read.
    func contexts(of pictures: [URL]) async throws -> [ContextStatus]

    /// Why the source stopped; nil while it answers.
    var stop: String? { get }
}

extension ContextSource {
    /// Gives pictures without a context one.
    /// - Parameter most: the number of pictures of a post that are read; those beyond get none.
    /// - Returns: the outcome of the context of each picture, `[posts][pictures]`.
    /// - Throws: the errors of ``contexts(of:)``.
    @discardableResult
    public func attach(to posts: inout [Post], picturesOfPost most: Int) async throws -> [[ContextStatus]] {
        var outcomes = posts.map(ContextStatus.given)
        let asked = posts.indices.flatMap { post in
            posts[post].pictures.prefix(most).enumerated().compactMap { number, picture in
                picture.lacksContext ? PicturePlace(post: post, number: number) : nil
            }
        }
        let answers = try await contexts(of: asked.compactMap { posts[$0.post].pictures[$0.number].imageURL })
        for (place, answer) in zip(asked, answers) {
            outcomes[place.post][place.number] = answer
            posts[place.post].pictures[place.number].context = answer.context
        }
        return outcomes
    }
}

/// The outcome of a picture's context.
public enum ContextStatus: Sendable, Equatable {
    /// The post came with it.
    case given
    /// There is none, and no one asked for one or there is no picture.
    case none
    /// It was made now.
    case generated(String)
    /// It was made before.
    case cached(String)
    /// It could not be made, and why.
    case failed(String)

    /// The word that predictions carry.
    public var word: String {
        switch self {
        case .given: "given"
        case .none: "none"
        case .generated: "generated"
        case .cached: "cached"
        case .failed: "failed"
        }
    }

    /// The context that was made.
    public var context: String? {
        switch self {
        case .generated(let context), .cached(let context): context
        case .given, .none, .failed: nil
        }
    }

    /// Whether it was given, made or asked for in vain; the more notable the higher.
    private var rank: Int {
        switch self {
        case .none: 0
        case .given: 1
        case .cached: 2
        case .generated: 3
        case .failed: 4
        }
    }

    /// The outcomes of the contexts of a post that nobody was asked about.
    static func given(_ post: Post) -> [ContextStatus] { post.pictures.map { $0.context == nil ? .none : .given } }

    /// The most notable of the outcomes of a post's contexts: one that failed, else one that was made, else one that was
    /// given. The first of several.
    static func mostNotable(of outcomes: [ContextStatus]) -> ContextStatus {
        outcomes.reduce(.none) { $1.rank > $0.rank ? $1 : $0 }
    }

    /// Why no context could be made.
    public var error: String? { if case .failed(let reason) = self { reason } else { nil } }
}
