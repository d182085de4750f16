import Corpus
import Foundation

/// One item of the input of a prediction.
public enum IncomingPost: Sendable {
    case post(Post)
    /// A line that is no post, and why.
    case failure(line: Int, error: String)
    /// Nothing more is waiting at the moment: what came so far is answered now.
    case pause
}

/// The posts of a file or stream of JSON lines, as they come.
///
/// Where the next line would have to be waited for, a pause comes first, so that every post of a pipe is answered at once.
public struct PostLines: AsyncSequence {
    private let reader: JSONLinesReader
    private let folder: URL
    private let shouldStop: () -> Bool

    /// - Parameters:
    ///   - lines: of a file, or of standard input.
    ///   - folder: what paths of pictures are relative to.
    ///   - shouldStop: asked before every line, and while a line is waited for; once it says so there are no more.
    public init(_ lines: LineReader, picturesIn folder: URL, shouldStop: @escaping () -> Bool = { false }) {
        lines.shouldStop = shouldStop
        reader = JSONLinesReader(lines: lines)
        self.folder = folder
        self.shouldStop = shouldStop
    }

    /// What was odd in the lines so far.
    public var findings: Findings { reader.findings }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: reader, folder: folder, shouldStop: shouldStop)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: JSONLinesReader
        fileprivate let folder: URL
        fileprivate let shouldStop: () -> Bool
        private var isPaused = true

        fileprivate init(reader: JSONLinesReader, folder: URL, shouldStop: @escaping () -> Bool) {
            (self.reader, self.folder, self.shouldStop) = (reader, folder, shouldStop)
        }

        public mutating func next() async -> IncomingPost? {
            guard !shouldStop() else { return nil }
            if !isPaused, !reader.isReady {
                isPaused = true
                return .pause
            }
            isPaused = false
            guard let result = reader.next() else { return nil }
            switch result {
            case .success(let post): return .post(post.resolvingImage(in: folder))
            case .failure(let error): return .failure(line: reader.location.line, error: "\(error)")
            }
        }
    }
}
