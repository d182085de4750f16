import Contexts
import Corpus
import Foundation

/// What became of a post's context, in the words that predictions carry.
enum ContextStatus: String, Encodable {
    /// The post came with it.
    case given
    /// It was made now.
    case generated
    /// It was made before.
    case cached
    /// The post has none, and none was asked for or there is no picture.
    case none
    /// It could not be made.
    case failed
}

/// Posts that are to be predicted, with what became of their contexts.
struct ContextualPost {
    var post: Post
    var status: ContextStatus
    /// Why there is no context.
    var error: String?
}

/// Gives posts without a context one, if there is something to make it.
final class PostContexts {
    private let describer: PictureDescriber?
    /// Posts so far whose context could not be made.
    private(set) var failures = 0

    /// - Parameter describer: nil to leave posts as they are.
    init(_ describer: PictureDescriber?) { self.describer = describer }

    deinit {
        if let describer { try? waiting { await describer.finish() } }
    }

    /// Why nothing more is asked, once the server is given up.
    var stop: String? { describer?.stop }

    /// Posts with contexts, in their order.
    func attach(to posts: [Post], imageURL: (Post) -> URL?) throws -> [ContextualPost] {
        var contextual = posts.map { post in
            ContextualPost(post: post, status: post.context == nil ? .none : .given)
        }
        guard let describer else { return contextual }
        let asked = contextual.indices.compactMap { index -> (index: Int, url: URL)? in
            guard contextual[index].status == .none, let url = imageURL(posts[index]) else { return nil }
            return (index, url)
        }
        let urls = asked.map(\.url)
        let answers = try waiting { try await describer.describe(urls.map { .file($0) }) }
        for ((index, _), answer) in zip(asked, answers) {
            switch answer {
            case .generated(let text): contextual[index].set(text, .generated)
            case .cached(let text): contextual[index].set(text, .cached)
            case .failed(let reason):
                contextual[index].status = .failed
                contextual[index].error = reason
                failures += 1
            }
        }
        return contextual
    }
}

extension ContextualPost {
    fileprivate mutating func set(_ context: String, _ status: ContextStatus) {
        post.context = context
        self.status = status
    }
}
