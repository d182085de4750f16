/// What a generator said about a picture, and what it took.
public struct GeneratedContext: Sendable, Equatable {
    /// The words.
    public var text: String
    /// The model as the server names it; nil where it does not say.
    public var servedModel: String?
    /// Tokens of prompt and picture, as the server counts them.
    public var promptTokens: Int?
    /// Tokens of the answer.
    public var completionTokens: Int?
    /// Seconds from asking to the whole answer, of the attempt that gave it.
    public var latency: Double

    public init(
        text: String, servedModel: String? = nil, promptTokens: Int? = nil, completionTokens: Int? = nil,
        latency: Double
    ) {
        self.text = text
        self.servedModel = servedModel
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.latency = latency
    }
}
