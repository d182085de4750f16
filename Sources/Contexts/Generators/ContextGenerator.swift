import Foundation
import Vision

/// Something that puts a picture into words.
///
/// The work is in two parts, so that pictures can be made ready while others are being asked about.
package protocol ContextGenerator: Sendable {
    /// A picture as the generator looks at it.
    associatedtype Picture: Sendable

    /// All that shapes the words, and by which they are found again.
    var recipe: ContextRecipe { get }

    /// Where the words come from, for the record: a server's address; nil for this machine.
    var endpoint: String? { get }

    /// Whether asking again after a bad answer (empty, cut, refused, no JSON) can give another one.
    var answersVary: Bool { get }

    /// Decodes a picture's file; nothing leaves the machine here.
    /// - Parameter name: what errors call the picture.
    func prepare(_ bytes: Data, name: String) throws(PictureError) -> Picture

    /// Puts a picture into words.
    /// - Parameter attempt: how often this picture was asked about before in this run.
    /// - Throws: ``GenerationFailure``.
    func context(of picture: Picture, attempt: Int) async throws(GenerationFailure) -> GeneratedContext

    /// Lets go of connections; nothing is asked after this.
    func close() async
}

extension ContextGenerator {
    package var endpoint: String? { nil }
    package var answersVary: Bool { false }
    package func close() async {}
}

/// What a generator said about a picture, and what it took.
package struct GeneratedContext: Sendable, Equatable {
    /// The words.
    package var text: String
    /// The model as the server names it; nil where it does not say.
    package var servedModel: String?
    /// Tokens of prompt and picture, as the server counts them.
    package var promptTokens: Int?
    /// Tokens of the answer.
    package var completionTokens: Int?
    /// Seconds from asking to the whole answer, of the attempt that gave it.
    package var latency: Double

    package init(
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
