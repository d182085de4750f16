import Corpus
import Foundation

/// A line of a caption file: a picture's name and what somebody or something said about it.
public struct Caption: Sendable, Equatable {
    /// The picture's file name, without folders; perhaps without its extension.
    public let image: String
    public let text: String

    /// - Throws: `CorpusError` that names the place, for an empty name.
    init(image: String, text: String, at location: SourceLocation) throws(CorpusError) {
        let name = image.split(separator: "/").last.map { String($0).trimmed } ?? ""
        guard !name.isEmpty else { throw .malformed(location, problem: "the picture's name is empty") }
        self.image = name
        self.text = text.trimmed
    }

    /// How files call a picture's name.
    static let imageFields = [
        "image", "image_id", "imageid", "img", "img_id", "imgid", "file", "filename", "file_name", "image_name", "name",
    ]
    /// How files call what is said.
    static let textFields = ["context", "caption", "description", "text", "captions", "comment"]
}
