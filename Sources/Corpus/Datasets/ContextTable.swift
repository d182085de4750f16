import Foundation
import Support

/// Bridging contexts by the file name of their picture.
///
/// The file is JSON lines, `{"image": "17_06_1.jpg", "context": "a man on a stage"}`. Its first record may say where
/// the contexts come from: `{"header": {"generator": "BLIP-2", "prompt": "…"}}`.
package struct ContextTable: Sendable {
    /// The origin of the contexts, as the header gives it; empty without one.
    package private(set) var provenance: [String: String] = [:]
    /// The oddities of the file: empty contexts, several for one picture, blank lines.
    package private(set) var findings = Findings()
    private var contexts: [String: String] = [:]

    /// Makes a table of known contexts.
    package init(contexts: [String: String] = [:]) {
        self.contexts = contexts
    }

    /// Reads a file.
    /// - Throws: the first ``CorpusError``.
    package init(contentsOf url: URL) throws {
        try self.init(contentsOf: url) { throw $0 }
    }

    /// Reads a file; lines that cannot be read are skipped and counted in ``findings``.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    package init(examining url: URL) throws {
        var malformed = Findings()
        try self.init(contentsOf: url) { error in
            guard let location = error.location else { throw error }
            malformed.add(.malformedLine, at: location, error.problem)
        }
        findings.merge(malformed)
    }

    private init(contentsOf url: URL, onFailure: (CorpusError) throws -> Void) throws {
        let decoder = JSONDecoder()
        for result in try LineReader(url) {
            do throws(CorpusError) {
                try read(try result.get(), with: decoder)
            } catch {
                try onFailure(error)
            }
        }
    }

    private mutating func read(_ line: LineReader.Line, with decoder: JSONDecoder) throws(CorpusError) {
        if line.isBlank {
            findings.add(.blankLine, at: line.location, "a blank line")
            return
        }
        switch try decoder.record(Record.self, of: line) {
        case .header(let provenance):
            guard line.location.line == 1 else {
                throw .malformed(line.location, problem: "a header can only be the first line; remove it")
            }
            self.provenance = provenance
        case .context(let image, let context):
            let name = image.split(separator: "/").last.map(String.init) ?? image
            if context.isBlank {
                findings.add(.emptyContext, at: line.location, "the context of \(name.quoted) is empty")
            }
            if contexts.updateValue(context, forKey: name) != nil {
                findings.add(.repeatedContext, at: line.location, "\(name.quoted) already has a context")
            }
        }
    }

    /// The number of pictures that have an entry.
    package var count: Int { contexts.count }

    /// The file names of the pictures that have an entry.
    var imageNames: some Collection<String> { contexts.keys }

    /// The context of the picture with a file name; nil where there is none or it is empty.
    package subscript(imageName: String) -> String? {
        contexts[imageName]?.unlessBlank
    }
}

/// A line of a context file.
private enum Record: Decodable {
    case header([String: String])
    case context(image: String, String)

    private enum CodingKeys: CodingKey { case header, image, context }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        if fields.contains(.header) {
            self = .header(try fields.decode([String: Scalar].self, forKey: .header).mapValues(\.text))
        } else {
            let image = try fields.decode(String.self, forKey: .image)
            guard !image.isEmpty else { throw fields.corrupted(.image, "empty; give the picture's file name") }
            self = .context(image: image, try fields.decodeIfPresent(String.self, forKey: .context) ?? "")
        }
    }
}

/// A string, number or truth value, as text.
private struct Scalar: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let string = try? value.decode(String.self) {
            text = string
        } else if let number = try? value.decode(Int.self) {
            text = String(number)
        } else if let number = try? value.decode(Double.self) {
            text = String(number)
        } else if let truth = try? value.decode(Bool.self) {
            text = String(truth)
        } else {
            throw DecodingError.corrupted(decoder.codingPath, "expected a string, a number or a truth value")
        }
    }
}

/// Gives the pictures of posts their contexts, one after the other.
///
/// Contexts go by file name. Where posts name several pictures of one file name in different folders, the context is
/// taken for that of the first; another of them gets none, for its post would be told what is in a picture that
/// it does not have.
struct ContextAttachment {
    private let table: ContextTable
    /// The path of the first picture of each file name.
    private var paths: [String: String] = [:]

    init(_ table: ContextTable) { self.table = table }

    /// Gives the pictures of a post their contexts and counts what happens.
    mutating func attach(to post: inout Post, at location: SourceLocation?, _ findings: inout Findings) {
        for index in post.pictures.indices {
            attach(to: &post.pictures[index], of: post.id, at: location, &findings)
        }
    }

    private mutating func attach(
        to picture: inout Post.Picture, of post: String, at location: SourceLocation?, _ findings: inout Findings
    ) {
        guard let image = picture.image, let name = picture.name else { return }
        let path = image.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        let first = paths[name, default: path]
        paths[name] = first
        guard path == first else {
            findings.add(
                .sharedPictureName, at: location, "\(image.quoted) of post \(post.quoted), after \(first.quoted)")
            return
        }
        if let context = table[name] {
            if let old = picture.context, old != context {
                findings.add(.replacedContext, at: location, "the context of post \(post.quoted) is replaced")
            }
            picture.context = context
        } else if picture.context == nil {
            findings.add(.missingContext, at: location, "no context for \(name.quoted) of post \(post.quoted)")
        }
    }
}
