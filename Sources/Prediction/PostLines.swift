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

/// The posts of a file or stream, as they come.
///
/// A pause precedes a line that is not there yet, so that every post of a pipe is answered at once. The thread that
/// asks for a line reads it, and waits for whoever writes to the pipe.
public struct PostLines: AsyncSequence {
    private let lines: LineReader
    private let reader: any PostReader
    private let folder: URL
    private let shouldStop: () -> Bool

    /// The posts of JSON lines.
    /// - Parameters:
    ///   - lines: of a file, or of standard input.
    ///   - folder: the folder to which paths of pictures are relative.
    ///   - shouldStop: called before every line but the first and while waiting for one; once it is true, no line
    ///     follows.
    public init(_ lines: LineReader, picturesIn folder: URL, shouldStop: @escaping () -> Bool = { false }) {
        self.init(lines, JSONLinesReader(lines: lines), picturesIn: folder, shouldStop: shouldStop)
    }

    /// The posts of any format.
    /// - Parameter columns: the names of the columns, or fields, that have the parts of posts.
    /// - Throws: `CorpusError` where a header lacks a column.
    public init(
        _ lines: LineReader, format: PostListFormat, columns: PostColumns = PostColumns(), picturesIn folder: URL,
        shouldStop: @escaping () -> Bool = { false }
    ) throws {
        lines.shouldStop = shouldStop
        self.init(
            lines, try format.reader(of: lines, columns: columns), picturesIn: folder, shouldStop: shouldStop)
    }

    private init(
        _ lines: LineReader, _ reader: any PostReader, picturesIn folder: URL, shouldStop: @escaping () -> Bool
    ) {
        lines.shouldStop = shouldStop
        (self.lines, self.reader, self.folder, self.shouldStop) = (lines, reader, folder, shouldStop)
    }

    /// The oddities of the lines so far.
    public var findings: Findings { reader.findings }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(lines: lines, reader: reader, folder: folder, shouldStop: shouldStop)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let lines: LineReader
        fileprivate var reader: any PostReader
        fileprivate let folder: URL
        fileprivate let shouldStop: () -> Bool
        private var isPaused = true
        private var isFirst = true

        fileprivate init(
            lines: LineReader, reader: any PostReader, folder: URL, shouldStop: @escaping () -> Bool
        ) {
            (self.lines, self.reader, self.folder, self.shouldStop) = (lines, reader, folder, shouldStop)
        }

        public mutating func next() async -> IncomingPost? {
            guard isFirst || !shouldStop() else { return nil }
            isFirst = false
            if !isPaused, !lines.isReady {
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
