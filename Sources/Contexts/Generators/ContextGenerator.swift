import Foundation
import Vision

/// Something that puts a picture into words.
///
/// The work is in two parts, so that pictures can be made ready while others are being asked about.
public protocol ContextGenerator: Sendable {
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
    public var endpoint: String? { nil }
    public var answersVary: Bool { false }
    public func close() async {}
}
