import Foundation
import Vision

/// A generator of descriptions of pictures.
///
/// The work is in two parts, so that pictures can be made ready while others are being described.
package protocol ContextGenerator: Sendable {
    /// A picture as the generator looks at it.
    associatedtype Picture: Sendable

    /// All that shapes the words, and the key by which the cache finds them.
    var recipe: ContextRecipe { get }

    /// The origin of the words, for the record: a server's address; nil for this machine.
    var endpoint: String? { get }

    /// Whether asking again after a bad answer (empty, cut, refused, no JSON) can give another one.
    var answersVary: Bool { get }

    /// Decodes a picture's file; nothing leaves the machine here.
    /// - Parameter name: the picture's name in errors.
    func prepare(_ bytes: Data, name: String) throws(PictureError) -> Picture

    /// Describes a picture.
    /// - Parameter attempt: the number of earlier attempts for this picture in this run.
    /// - Throws: ``GenerationFailure``.
    func context(of picture: Picture, attempt: Int) async throws(GenerationFailure) -> GeneratedContext

    /// Closes connections; ask nothing after this.
    func close() async
}

extension ContextGenerator {
    package var endpoint: String? { nil }
    package var answersVary: Bool { false }
    package func close() async {}
}

/// A generator's description of a picture, and its cost.
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
