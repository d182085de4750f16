import Corpus
import Foundation

/// One item of the input of a prediction.
public enum IncomingPost: Sendable {
    case post(Post)
    /// A line that is not a post, and why.
    case failure(line: Int, error: String)
    /// No line is waiting: the posts so far are answered now.
    case pause
}

/// The posts of a file or stream of JSON lines, as they come.
///
/// A pause precedes a line that is not there yet, so that every post of a pipe is answered at once. The thread that
/// asks for a line reads it, and waits for whoever writes to the pipe.
public struct PostLines: AsyncSequence {
    private let reader: JSONLinesReader
    private let folder: URL
    private let shouldStop: () -> Bool

    /// - Parameters:
    ///   - lines: of a file, or of standard input.
    ///   - folder: the folder to which paths of pictures are relative.
    ///   - shouldStop: called before every line but the first and while waiting for one; once it is true, no line
    ///     follows.
    public init(_ lines: LineReader, picturesIn folder: URL, shouldStop: @escaping () -> Bool = { false }) {
        lines.shouldStop = shouldStop
        reader = JSONLinesReader(lines: lines)
        self.folder = folder
        self.shouldStop = shouldStop
    }

    /// The oddities of the lines so far.
    public var findings: Findings { reader.findings }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: reader, folder: folder, shouldStop: shouldStop)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: JSONLinesReader
        fileprivate let folder: URL
        fileprivate let shouldStop: () -> Bool
        private var isPaused = true
        private var isFirst = true

        fileprivate init(reader: JSONLinesReader, folder: URL, shouldStop: @escaping () -> Bool) {
            (self.reader, self.folder, self.shouldStop) = (reader, folder, shouldStop)
        }

        public mutating func next() async -> IncomingPost? {
            guard isFirst || !shouldStop() else { return nil }
            isFirst = false
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
