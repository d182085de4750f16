import Foundation
import Support

extension DatasetFormat {
    /// The format of Twitter-2015 and Twitter-2017: `train.txt`, `valid.txt` (or `val`, `dev`, `validation`, `testa`)
    /// and `test.txt` (or `testb`), with this or another extension.
    static let conll = DatasetFormat(
        name: "CoNLL", pathExtensions: ["txt", "conll", "bio", "iob", "iob2", "tsv"],
        namings: [Naming(valid: ["valid", "val", "dev", "validation", "testa"], test: ["test", "testb"])]
    ) { files in
        let survey = CoNLLSurvey(of: files)
        return { try CoNLLReader($0, survey: survey) }
    }
}

/// Posts in the format of Twitter-2015 and Twitter-2017.
///
/// A post is a line `IMGID:name`, then a line `word TAB tag` a word, then a blank line; its picture is `name.jpg`.
/// Tags are BIO; an illegal inside tag starts an entity, as conlleval reads it, and is counted. Tags of another
/// ``TagScheme``, which a survey of all splits tells, are converted and counted.
package final class CoNLLReader: PostReader {
    package private(set) var findings = Findings()
    package private(set) var location: SourceLocation
    private let lines: LineReader
    private let survey: CoNLLSurvey
    private var classifier: CoNLLLine.Classifier
    private var draft: Draft?
    private var isBehindDocumentStart = false

    /// Opens a file whose tags are BIO.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    package convenience init(_ url: URL) throws {
        try self.init(url, survey: CoNLLSurvey())
    }

    /// Opens a file.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    init(_ url: URL, survey: CoNLLSurvey) throws {
        lines = try LineReader(url)
        self.survey = survey
        classifier = CoNLLLine.Classifier(hasTabs: CoNLLSurvey.hasTabs(url))
        location = SourceLocation(file: lines.name, line: 1)
    }

    package func next() -> Result<Post, CorpusError>? {
        while let result = lines.next() {
            do throws(CorpusError) {
                let line = try result.get()
                if let finished = try read(try classifier.kind(of: line), at: line.location) { return finished }
            } catch {
                if let finished = spoil(with: error) { return finished }
            }
        }
        return finish()
    }

    /// Takes in a line; returns the post before it where it ends one.
    private func read(
        _ line: CoNLLLine, at location: SourceLocation
    ) throws(CorpusError) -> Result<Post, CorpusError>? {
        switch line {
        case .blank:
            if draft == nil, !isBehindDocumentStart {
                findings.add(.blankLine, at: location, "a blank line without a post before it")
            }
            isBehindDocumentStart = false
            return finish()
        case .image(let name):
            let finished = finish()
            draft = Draft(imageName: name, location: location)
            return finished
        case .documentStart:
            findings.add(.documentStart, at: location, "a document begins")
            isBehindDocumentStart = true
            return finish()
        case .comment:
            findings.add(.comment, at: location, "a comment before a post's first word")
        case .word(let word, let tag, let hasMoreColumns):
            if draft == nil {
                draft = Draft(location: location)
                findings.add(.unnamedPicture, at: location, "the post has no IMGID line, so it has no picture")
            }
            guard let tag else { throw .malformed(location, problem: "no tag behind the word; write word, tab, tag") }
            if hasMoreColumns { findings.add(.extraColumns, at: location, "more than two columns") }
            let read = try self.tag(tag, at: location)
            draft?.words.append(word)
            draft?.tags.append(read)
            draft?.lineNumbers.append(location.line)
        }
        return nil
    }

    private func tag(_ text: String, at location: SourceLocation) throws(CorpusError) -> Tag {
        guard let tag = survey.scheme.tag(text, after: draft?.tags.last) else {
            let objection = survey.objection.map { " (\($0))" } ?? ""
            throw .malformed(
                location, problem: "tag \(text.quoted) is not O, B-TYPE or I-TYPE; convert the tags to BIO\(objection)")
        }
        if survey.scheme != .bio, tag.description != text {
            findings.add(
                .convertedTag, at: location, "\(text.quoted) is read as \(tag.description.quoted) (\(survey.scheme))")
        }
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
        var post = finished.post()
        findings.inspect(&post, at: location)
        return .success(post)
    }
}

/// A post whose last line has not been seen.
private struct Draft {
    var name: String?
    var location: SourceLocation
    var words: [String] = []
    var tags: [Tag] = []
    var lineNumbers: [Int] = []
    var problem: CorpusError?

    init(location: SourceLocation) {
        self.location = location
    }

    init(imageName name: String, location: SourceLocation) {
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
