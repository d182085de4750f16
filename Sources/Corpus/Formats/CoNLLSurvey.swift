import Foundation
import Support

/// What the lines of a CoNLL file are, and what the files of all splits say of their tags.
struct CoNLLSurvey: Sendable {
    /// The way in which the tags are written.
    var scheme = TagScheme.bio
    /// Why they are not in another scheme whose letters they have; nil where they have no such letters.
    var objection: String?

    /// A survey that says nothing: the tags are BIO.
    init() {}

    /// Looks at the tags of some files. What cannot be read is left to the reader of the posts to say.
    init(of files: [URL]) {
        var survey = TagSurvey()
        for file in files {
            guard let lines = try? LineReader(file) else { continue }
            var classifier = CoNLLLine.Classifier(hasTabs: Self.hasTabs(file))
            var location = SourceLocation(file: lines.name, line: 1)
            for case .success(let line) in lines {
                location = line.location
                switch try? classifier.kind(of: line) {
                case .word(_, let tag?, _): survey.add(tag, at: location)
                case .word, .comment, nil: break
                case .blank, .image, .documentStart: survey.endPost(at: location)
                }
            }
            survey.endPost(at: location)
        }
        (scheme, objection) = survey.scheme()
    }

    /// Whether a line of a file has columns between tabs.
    static func hasTabs(_ file: URL) -> Bool {
        guard let lines = try? LineReader(file) else { return false }
        return lines.contains { result in
            guard case .success(let line) = result else { return false }
            return line.bytes.contains(.tab) && !line.isBlank
        }
    }
}

/// A line of a CoNLL file.
enum CoNLLLine {
    case blank
    /// `IMGID:name`; the name may be empty.
    case image(String)
    /// `-DOCSTART-`, which stands between documents.
    case documentStart
    /// `# ` and words, before the first word of a post.
    case comment
    /// A word and its tag, which is nil where there is none.
    case word(String, tag: String?, hasMoreColumns: Bool)

    /// Tells the lines of a file one after the other.
    struct Classifier {
        /// Whether the columns are separated by tabs, without which there are no comments.
        let hasTabs: Bool
        private var isInside = false

        init(hasTabs: Bool) { self.hasTabs = hasTabs }

        /// The kind of the next line; white space behind the tag does not count.
        /// - Throws: ``CorpusError/malformed(_:problem:)`` where it is not UTF-8, or holds a line end of another kind.
        mutating func kind(of line: LineReader.Line) throws(CorpusError) -> CoNLLLine {
            if line.isBlank {
                isInside = false
                return .blank
            }
            let text = try line.text().withoutTrailingSpace
            // The first bytes of such characters, which a word seldom has.
            if text.utf8.contains(where: { $0 == 0xC2 || $0 == 0xE2 }),
                let name = text.unicodeScalars.lazy.compactMap(Self.lineEnd).first
            {
                throw .malformed(
                    line.location,
                    problem: "\(name) within the line; end lines with LF or CR LF, and write a space for one in a word")
            }
            let hasTab = text.utf8.contains(.tab)
            if !hasTab, text.hasPrefix("IMGID:") {
                isInside = false
                return .image(text.dropFirst("IMGID:".count).trimmingCharacters(in: .whitespaces))
            }
            if text.isDocumentStart {
                isInside = false
                return .documentStart
            }
            if hasTabs, !hasTab, !isInside, text.hasPrefix("# ") { return .comment }
            isInside = true
            return Self.columns(of: text, separator: hasTab ? .tab : .space)
        }

        /// The name of a line end that is none here; nil for another character.
        private static func lineEnd(_ scalar: Unicode.Scalar) -> String? {
            switch scalar {
            case "\u{85}": "the line end NEL (U+0085)"
            case "\u{2028}": "the line separator LS (U+2028)"
            case "\u{2029}": "the paragraph separator PS (U+2029)"
            default: nil
            }
        }

        /// The first and the last column.
        private static func columns(of text: String, separator: UInt8) -> CoNLLLine {
            let bytes = text.utf8
            guard let first = bytes.firstIndex(of: separator), let last = bytes.lastIndex(of: separator) else {
                return .word(text, tag: nil, hasMoreColumns: false)
            }
            return .word(
                String(text[..<first]), tag: String(text[bytes.index(after: last)...]), hasMoreColumns: first != last)
        }
    }
}

extension String {
    fileprivate var isDocumentStart: Bool {
        let mark = "-DOCSTART-"
        guard hasPrefix(mark) else { return false }
        return dropFirst(mark.count).first?.isWhitespace ?? true
    }
}
