import Foundation

extension DatasetFormat {
    /// The format of Twitter-2015 and Twitter-2017: `train.txt`, `valid.txt` and `test.txt`.
    static let conll = DatasetFormat(name: "CoNLL", pathExtension: "txt") { try CoNLLReader($0) }
}

/// Posts in the format of Twitter-2015 and Twitter-2017.
///
/// A post is a line `IMGID:name`, then a line `word TAB tag` a word, then a blank line; its picture is `name.jpg`.
/// Tags are BIO; an illegal inside tag starts an entity, as conlleval reads it, and is counted.
package final class CoNLLReader: PostReader {
    package private(set) var findings = Findings()
    package private(set) var location: SourceLocation
    private let lines: LineReader
    private var draft: Draft?
    private var knownTags: [String: Tag] = ["O": .outside]

    /// Opens a file.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    package convenience init(_ url: URL) throws {
        self.init(lines: try LineReader(url))
    }

    /// Reads posts from lines.
    package init(lines: LineReader) {
        self.lines = lines
        location = SourceLocation(file: lines.name, line: 1)
    }

    package func next() -> Result<Post, CorpusError>? {
        while let result = lines.next() {
            let finished: Result<Post, CorpusError>?
            switch result {
            case .failure(let error): finished = spoil(with: error)
            case .success(let line): finished = read(line)
            }
            if let finished { return finished }
        }
        return finish()
    }

    /// Takes in a line; returns the post before it where it ends one.
    private func read(_ line: LineReader.Line) -> Result<Post, CorpusError>? {
        if line.isBlank {
            if draft == nil { findings.add(.blankLine, at: line.location, "a blank line without a post before it") }
            return finish()
        }
        do throws(CorpusError) {
            let text = try line.text()
            if text.utf8.starts(with: Draft.imagePrefix.utf8), !text.utf8.contains(.tab) {
                let finished = finish()
                draft = Draft(imageLine: text, location: line.location)
                return finished
            }
            if draft == nil {
                draft = Draft(location: line.location)
                findings.add(.unnamedPicture, at: line.location, "the post has no IMGID line, so it has no picture")
            }
            let (word, tag) = try wordAndTag(text, at: line.location)
            draft?.words.append(word)
            draft?.tags.append(tag)
            draft?.lineNumbers.append(line.location.line)
        } catch {
            return spoil(with: error)
        }
        return nil
    }

    /// Splits a line into its first and last column.
    private func wordAndTag(_ text: String, at location: SourceLocation) throws(CorpusError) -> (String, Tag) {
        let bytes = text.utf8
        let separator = bytes.contains(.tab) ? UInt8.tab : .space
        guard let first = bytes.firstIndex(of: separator), let last = bytes.lastIndex(of: separator) else {
            throw .malformed(location, problem: "no tag behind the word; write word, tab, tag")
        }
        if first != last { findings.add(.extraColumns, at: location, "more than two columns") }
        return (String(text[..<first]), try tag(String(text[bytes.index(after: last)...]), at: location))
    }

    private func tag(_ name: String, at location: SourceLocation) throws(CorpusError) -> Tag {
        if let tag = knownTags[name] { return tag }
        guard let tag = Tag(name) else {
            throw .malformed(
                location, problem: "tag \(name.quoted) is not O, B-TYPE or I-TYPE; convert the tags to BIO")
        }
        knownTags[name] = tag
        return tag
    }

    /// Notes what is wrong with the post being read. A file that cannot be read on ends the post at once.
    private func spoil(with error: CorpusError) -> Result<Post, CorpusError>? {
        if draft == nil { draft = Draft(location: error.location ?? location) }
        if draft?.problem == nil { draft?.problem = error }
        return error.location == nil ? finish() : nil
    }

    /// Ends the post begun, as an error where a line of it was bad; nil where none was begun.
    private func finish() -> Result<Post, CorpusError>? {
        guard let finished = draft else { return nil }
        draft = nil
        location = finished.location
        if let problem = finished.problem { return .failure(problem) }
        for position in finished.tags.illegalPositions() {
            let before = position == 0 ? "the start" : finished.tags[position - 1].description.quoted
            findings.add(
                .illegalTag, at: SourceLocation(file: location.file, line: finished.lineNumbers[position]),
                "tag \(finished.tags[position].description.quoted) follows \(before); it should begin with B-")
        }
        let post = finished.post()
        findings.inspect(post, at: location)
        return .success(post)
    }
}

/// A post whose last line has not been seen.
private struct Draft {
    static let imagePrefix = "IMGID:"

    var name: String?
    var location: SourceLocation
    var words: [String] = []
    var tags: [Tag] = []
    var lineNumbers: [Int] = []
    var problem: CorpusError?

    init(location: SourceLocation) {
        self.location = location
    }

    init(imageLine: String, location: SourceLocation) {
        let name = imageLine.dropFirst(Self.imagePrefix.count).trimmingCharacters(in: .whitespaces)
        self.location = location
        self.name = name
        if name.isEmpty { problem = .malformed(location, problem: "IMGID without a name; write IMGID:12345") }
    }

    func post() -> Post {
        Post(
            id: name ?? "line-\(location.line)", content: .tokens(words), imageNamed: name.map { "\($0).jpg" },
            entities: tags.entities())
    }
}

extension UInt8 {
    fileprivate static let tab = UInt8(ascii: "\t")
    fileprivate static let space = UInt8(ascii: " ")
}
