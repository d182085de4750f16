import Foundation

/// Makes bridging contexts for the pictures of posts that come without one.
public protocol ContextSource: Sendable {
    /// The contexts of pictures, in their order.
    /// - Throws: an error that ends the prediction of all posts, such as a cache that cannot be read.
    func contexts(of pictures: [URL]) async throws -> [ContextStatus]

    /// Why the source stopped; nil while it answers.
    var stop: String? { get }
}

/// The outcome of a post's context.
public enum ContextStatus: Sendable, Equatable {
    /// The post came with it.
    case given
    /// The post has none, and no one asked for one or it has no picture.
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

    /// Why no context could be made.
    public var error: String? { if case .failed(let reason) = self { reason } else { nil } }
}
