import Corpus
import Foundation

/// The captions of a file by their pictures' names, the first of each picture.
package struct CaptionCollection: Sendable {
    /// The captions in the order of the file.
    package private(set) var all: [Caption] = []
    /// Further captions of pictures that have one.
    package private(set) var repeated = 0
    /// Captions without words.
    package private(set) var empty = 0
    /// Lines that could not be read.
    package private(set) var unreadable = 0
    private var positions: [String: Int] = [:]

    /// Reads a file.
    /// - Parameter report: receives the errors of the first ten lines that cannot be read.
    /// - Throws: `CorpusError` where the file cannot be read at all.
    package init(_ file: CaptionFile, report: (CorpusError) -> Void = { _ in }) throws {
        try file.readAll { result in
            switch result {
            case .failure(let error):
                if case .unreadable = error { throw error }
                unreadable += 1
                if unreadable <= 10 { report(error) }
            case .success(let caption) where caption.text.isEmpty: empty += 1
            case .success(let caption):
                if positions[caption.image] != nil {
                    repeated += 1
                } else {
                    positions[caption.image] = all.count
                    all.append(caption)
                }
            }
        }
    }

    /// Captions that name their picture without its extension, which a context file needs.
    package var namesWithoutExtension: Int { all.count { !$0.image.contains(".") } }

    /// The omissions, for people.
    package var notes: [String] {
        (repeated > 0 ? ["\(repeated) further captions of a picture are left out"] : [])
            + (empty > 0 ? ["\(empty) captions are empty and left out"] : [])
            + (unreadable > 0 ? ["\(unreadable) lines could not be read"] : [])
    }

    /// The caption of a picture, by its file name or by that without its extension.
    package subscript(name: String) -> Caption? {
        if let position = positions[name] { return all[position] }
        guard let dot = name.lastIndex(of: "."), let position = positions[String(name[..<dot])] else { return nil }
        return all[position]
    }
}

/// A line of a caption file: a picture's name and its caption.
package struct Caption: Sendable, Equatable {
    /// The picture's file name, without folders; perhaps without its extension.
    package let image: String
    package let text: String

    /// - Throws: `CorpusError` that names the place, for an empty name.
    init(image: String, text: String, at location: SourceLocation) throws(CorpusError) {
        let name = image.split(separator: "/").last.map { String($0).trimmed } ?? ""
        guard !name.isEmpty else { throw .malformed(location, problem: "the picture's name is empty") }
        self.image = name
        self.text = text.trimmed
    }

    /// The fields of a picture's name in files.
    static let imageFields = [
        "image", "image_id", "imageid", "img", "img_id", "imgid", "file", "filename", "file_name", "image_name", "name",
    ]
    /// The fields of a caption in files.
    static let textFields = ["context", "caption", "description", "text", "captions", "comment"]
}
