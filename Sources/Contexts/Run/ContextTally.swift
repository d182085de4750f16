/// How far a run is.
public struct ContextTally: Sendable, Equatable {
    /// Pictures to do.
    public var total: Int
    /// Pictures whose context was in the cache.
    public var cached = 0
    /// Pictures whose context was made.
    public var generated = 0
    /// Pictures that look like one before, byte by byte.
    public var repeated = 0
    /// Pictures without a context.
    public var failed = 0
    /// Attempts that came to nothing and were made again.
    public var retries = 0
    public var promptTokens = 0
    public var completionTokens = 0

    public init(total: Int) { self.total = total }

    /// Pictures that are done.
    public var done: Int { cached + generated + repeated + failed }
}
