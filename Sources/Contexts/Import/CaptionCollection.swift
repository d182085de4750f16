import Corpus

/// The captions of a file by their pictures' names, the first of each picture.
public struct CaptionCollection: Sendable {
    /// The captions in the order of the file.
    public private(set) var all: [Caption] = []
    /// Further captions of pictures that have one.
    public private(set) var repeated = 0
    /// Captions without words.
    public private(set) var empty = 0
    /// Lines that could not be read.
    public private(set) var unreadable = 0
    private var positions: [String: Int] = [:]

    /// Reads a file.
    /// - Parameter report: hears why lines could not be read, of the first ten.
    /// - Throws: `CorpusError` where the file cannot be read at all.
    public init(_ file: CaptionFile, report: (CorpusError) -> Void = { _ in }) throws {
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

    /// The caption of a picture, by its file name or by that without its extension.
    public subscript(name: String) -> Caption? {
        if let position = positions[name] { return all[position] }
        guard let dot = name.lastIndex(of: "."), let position = positions[String(name[..<dot])] else { return nil }
        return all[position]
    }
}
