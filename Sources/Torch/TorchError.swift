import CTorch

/// A failure of the engine: shapes that do not match, memory that ran out, a device that does not exist.
public struct TorchError: Error, CustomStringConvertible, Sendable {
    /// The engine's message, first sentence only where it runs long.
    public let message: String

    /// A failure with a message.
    public init(message: String) { self.message = message }

    public var description: String { message }

    package static var last: TorchError { TorchError(message: String(cString: ct_last_error())) }
}

/// Runs `body` and throws the first engine failure in it.
///
/// After a failure the remaining operators of `body` run on stand-ins, and its result is dropped; keep side effects
/// (an optimiser's step, a file) outside. The scope belongs to the thread: do not suspend inside.
/// - Throws: `TorchError`, or what `body` throws.
public func withTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
    ct_failure_scope_begin()
    let outcome = Swift.Result { try body() }
    if let message = ct_failure_scope_end() { throw TorchError(message: String(cString: message)) }
    return try outcome.get()
}
