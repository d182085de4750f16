import Corpus
import Extraction

/// Predictions for any asynchronous sequence of posts: in their order, a window at a time, so that memory does not grow.
///
///     let predictor = Predictor(extractor)
///     for try await outcome in predictor.predictions(of: posts) { print(outcome) }
///
/// The model computes on the thread that asks for the next outcome, with the threads of the engine beside it.
public struct Predictor: Sendable {
    private let extractor: Extractor
    private let contexts: (any ContextSource)?
    private let batchSize: Int
    private let threshold: Double?

    /// - Parameters:
    ///   - contexts: the source of contexts for pictures that have none; nil to leave them as they are.
    ///   - batchSize: the most posts that the model reads at once.
    ///   - threshold: the score below which an entity is left out and counted; nil to keep all.
    public init(
        _ extractor: Extractor, contexts: (any ContextSource)? = nil, batchSize: Int = 32, threshold: Double? = nil
    ) {
        self.extractor = extractor
        self.contexts = contexts
        self.batchSize = batchSize
        self.threshold = threshold
    }

    /// Predictions for posts, and for what comes in place of posts.
    public func predictions<Posts: AsyncSequence>(of posts: Posts) -> Predictions<Posts>
    where Posts.Element == IncomingPost { Predictions(posts, predictor: self) }

    /// Predictions for posts.
    public func predictions<Posts: AsyncSequence>(
        of posts: Posts
    ) -> Predictions<AsyncMapSequence<Posts, IncomingPost>> where Posts.Element == Post {
        predictions(of: posts.map { IncomingPost.post($0) })
    }

    /// The outcomes of a window, in its order.
    /// - Throws: `TorchError`, and the errors of the source of contexts.
    func outcomes(of window: [IncomingPost]) async throws -> [PredictionOutcome] {
        var posts = window.compactMap { if case .post(let post) = $0 { post } else { nil } }
        let made =
            try await contexts?.attach(to: &posts, picturesOfPost: extractor.configuration.maximumPictures)
            ?? posts.map(ContextStatus.given)
        let extractions = try extractor.extract(posts, batchSize: batchSize)
        let task = extractor.configuration.task
        var predictions = posts.indices.map { index in
            Prediction(
                of: posts[index], task: task, extraction: extractions[index], contexts: made[index],
                threshold: threshold)
        }[...]
        return window.compactMap { item in
            switch item {
            case .post: predictions.popFirst().map { .prediction($0) }
            case .failure(let line, let error): .failure(line: line, error: error)
            case .pause: nil
            }
        }
    }
}

/// The outcomes of a sequence of posts, in its order.
///
/// Posts are looked at together in windows of bounded size. A window ends where the sequence pauses, too.
public struct Predictions<Posts: AsyncSequence>: AsyncSequence where Posts.Element == IncomingPost {
    private let posts: Posts
    private let predictor: Predictor

    fileprivate init(_ posts: Posts, predictor: Predictor) { (self.posts, self.predictor) = (posts, predictor) }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(posts: posts.makeAsyncIterator(), predictor: predictor)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private var posts: Posts.AsyncIterator
        private let predictor: Predictor
        private var outcomes: ArraySlice<PredictionOutcome> = []

        fileprivate init(posts: Posts.AsyncIterator, predictor: Predictor) {
            (self.posts, self.predictor) = (posts, predictor)
        }

        /// The next outcome.
        /// - Throws: the errors of the sequence of posts and of the source of contexts, and `TorchError`.
        public mutating func next() async throws -> PredictionOutcome? {
            while outcomes.isEmpty {
                let window = try await nextWindow()
                if window.isEmpty { return nil }
                outcomes = try await predictor.outcomes(of: window)[...]
            }
            return outcomes.popFirst()
        }

        /// The items up to a pause, or as many as are looked at together; none at the end.
        private mutating func nextWindow() async throws -> [IncomingPost] {
            var window: [IncomingPost] = []
            var length = 0
            while window.count < Window.posts, length < Window.length, let item = try await posts.next() {
                switch item {
                case .pause: if !window.isEmpty { return window }
                case .failure: window.append(item)
                case .post(let post):
                    window.append(item)
                    length += post.length + post.pictures.reduce(0) { $0 + ($1.context?.utf8.count ?? 0) }
                }
            }
            return window
        }
    }
}

/// The limits of the posts that are looked at together.
private enum Window {
    /// The most posts.
    static let posts = 1024
    /// The words or characters, with those of contexts, after which no further post is taken.
    static let length = 1 << 18
}
