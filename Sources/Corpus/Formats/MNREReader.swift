import Foundation
import Support

extension DatasetFormat {
    /// The format of MNRE, a Python dictionary a line: `mnre_train.txt`, `mnre_val.txt` (or, as published,
    /// `mnre_val .txt`) and so on; `mnre_org_…` in version 1, or `ours_…`.
    static let mnre = DatasetFormat(
        name: "MNRE", pathExtension: "txt", opening: "{",
        namings: [
            Naming(prefix: "mnre_", valid: ["val", "val "]), Naming(prefix: "mnre_org_", valid: ["val"]),
            Naming(prefix: "ours_", valid: ["val"]),
        ],
        repeatsPosts: true
    ) { try MNREReader($0) }
}

/// Posts in the format of MNRE: a Python dictionary a line, which asks for the relation of one pair of entities.
///
///     {'token': ['UN', 'in', 'Libya'], 'h': {'name': 'UN', 'pos': [0, 1]}, 't': {'name': 'Libya', 'pos': [2, 3]},
///      'img_id': '1.jpg', 'relation': '/org/loc/locate_at'}
///
/// The post has two entities, head and tail, of the type `entity`, and the relation between them; `None` is a relation
/// type like the others. A text with several pairs fills several lines. Both versions of MNRE are written so;
/// version 1 writes `none`, which is read as `None`.
/// Zheng et al., "MNRE: A Challenge Multimodal Dataset for Neural Relation Extraction", ICME 2021.
package final class MNREReader: PostReader {
    package private(set) var findings = Findings()
    package private(set) var location: SourceLocation
    private let lines: LineReader

    /// The type of every entity, as MNRE does not type them.
    private static let entityType = "entity"

    /// The type of a pair without a relation in version 1 of MNRE.
    private static let noneOfVersion1 = "none"

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
            do throws(CorpusError) {
                let line = try result.get()
                location = line.location
                if !line.isBlank { return .success(try post(of: line)) }
                findings.add(.blankLine, at: location, "a blank line")
            } catch {
                location = error.location ?? location
                return .failure(error)
            }
        }
        return nil
    }

    private func post(of line: LineReader.Line) throws(CorpusError) -> Post {
        let fields = try Fields(of: line)
        let tokens = try fields.take("token", "a list of strings", \.strings)
        let entities = [try entity("h", of: fields, among: tokens), try entity("t", of: fields, among: tokens)]
        let image = try fields.name("img_id")
        var relation = Relation(head: 0, tail: 1, type: try fields.name("relation"))
        if relation.type == Self.noneOfVersion1 {
            relation.type = Relation.noneType
            findings.add(
                .firstVersion, at: location, "\(Self.noneOfVersion1.quoted) is read as \(relation.type.quoted)")
        }
        for name in fields.unknownNames {
            findings.add(.unknownField, at: location, "field \(name.quoted) is not one of \(Fields.known)")
        }
        var post = Post(
            id: "line-\(location.line)", content: .tokens(tokens), imageNamed: image,
            entities: entities, relations: [relation])
        findings.inspect(&post, at: location)
        return post
    }

    private func entity(_ name: String, of fields: Fields, among tokens: [String]) throws(CorpusError) -> Entity {
        let mention = try fields.inside(name)
        return try findings.entity(
            Mention(
                name: try mention.take("name", "a string", \.string),
                position: try mention.take("pos", "two whole numbers, [start, end]", \.integers),
                type: Self.entityType),
            among: tokens, field: name, at: location)
    }
}

/// The fields of a dictionary, taken by their name and kind.
private struct Fields {
    static let known = ["token", "h", "t", "img_id", "relation"]

    private let values: [String: PythonLiteral]
    private let path: String
    private let location: SourceLocation

    /// Reads the dictionary that a line holds.
    init(of line: LineReader.Line) throws(CorpusError) {
        let text = try line.text().withoutTrailingSpace
        do throws(PythonLiteralError) {
            guard let values = try PythonLiteral(text).dictionary else {
                throw PythonLiteralError(column: 1, problem: "not a dictionary; write {'token': …} a line")
            }
            self.init(values: values, path: "", location: line.location)
        } catch {
            throw .malformed(line.location, problem: error.description)
        }
    }

    private init(values: [String: PythonLiteral], path: String, location: SourceLocation) {
        self.values = values
        self.path = path
        self.location = location
    }

    /// The value of a field.
    /// - Parameters:
    ///   - kind: the expected kind, for the message where it is something else.
    ///   - read: makes the value; nil where the field is of another kind.
    func take<Value>(
        _ name: String, _ kind: String, _ read: (PythonLiteral) -> Value?
    ) throws(CorpusError) -> Value {
        guard let literal = values[name] else { throw malformed(name, "missing; add it") }
        guard let value = read(literal) else { throw malformed(name, "expected \(kind), found \(literal.kind)") }
        return value
    }

    /// A string that is not blank.
    func name(_ name: String) throws(CorpusError) -> String {
        let text = try take(name, "a string", \.string)
        guard !text.isBlank else { throw malformed(name, "empty; name it") }
        return text
    }

    /// The fields of a dictionary in this one.
    func inside(_ name: String) throws(CorpusError) -> Fields {
        Fields(values: try take(name, "a dictionary", \.dictionary), path: "\(path)\(name).", location: location)
    }

    /// The fields that MNRE does not have.
    var unknownNames: [String] { values.keys.filter { !Self.known.contains($0) }.sorted() }

    private func malformed(_ name: String, _ problem: String) -> CorpusError {
        .malformed(location, problem: "field \(path)\(name): \(problem)")
    }
}
