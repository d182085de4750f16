import Foundation
import Support

/// Makes posts of the records of a file, and knows what they have in common.
struct PostRecordReader {
    private let decoder: JSONDecoder
    /// The names of tags that are written as numbers, from the last record that gives them.
    private var tagNames: [String]?
    private var hasEntities = false
    /// The first field that looks like an annotation and is not read.
    private var suspect: (field: String, location: SourceLocation)?

    /// - Parameter columns: the names of fields that are not the native ones.
    init(columns: PostColumns = PostColumns()) {
        decoder = JSONDecoder()
        decoder.userInfo[PostColumns.key] = columns
    }

    /// The post of a record; nil for one that only names tags.
    /// - Parameters:
    ///   - id: the name of the post where it has none; nil is its line number.
    ///   - rule: the layout of records in the file, for the message where one is not valid JSON.
    /// - Throws: ``CorpusError/malformed(_:problem:)``.
    mutating func post(
        of line: LineReader.Line, id: String? = nil, findings: inout Findings, rule: String = "write one object a line"
    ) throws(CorpusError) -> Post? {
        let record = try decoder.record(PostRecord.self, of: line, rule: rule)
        let location = line.location
        tagNames = record.tagNames ?? tagNames
        guard var post = record.post else { return nil }
        if post.id.isEmpty { post.id = id ?? String(location.line) }
        if let column = record.tags {
            let tags = try column.tags(names: tagNames, at: location)
            post.entities = tags.entities()
            for position in tags.illegalPositions() {
                findings.add(
                    .illegalTag, at: location,
                    "\(column.field)[\(position)] of post \(post.id.quoted), \(tags[position].description.quoted)")
            }
        }
        do throws(PostError) {
            try post.validate()
        } catch {
            throw .malformed(location, problem: error.description)
        }
        note(record, of: post, at: location, &findings)
        findings.inspect(&post, at: location)
        return post
    }

    private mutating func note(
        _ record: PostRecord, of post: Post, at location: SourceLocation, _ findings: inout Findings
    ) {
        hasEntities = hasEntities || !post.entities.isEmpty
        if suspect == nil, let field = record.suspects.first { suspect = (field, location) }
        if !record.foreignFields.isEmpty {
            let names = record.foreignFields.map(\.quoted).joined(separator: ", ")
            findings.add(.readAnnotation, at: location, "post \(post.id.quoted): \(names)")
        }
        for field in record.unknownFields {
            findings.add(.unknownField, at: location, "field \(field.quoted) is not one of \(PostRecord.fields)")
        }
    }

    /// Ends the file: an error is counted where it has no entity, but fields that look like annotations.
    mutating func finish(findings: inout Findings) {
        guard !hasEntities, let (field, location) = suspect else { return }
        suspect = nil
        findings.add(
            .unreadAnnotation, at: location,
            "no post has an entity, but field \(field.quoted) looks like annotations; write them as "
                + "\"entities\": [{\"start\": 0, \"end\": 1, \"type\": \"PER\"}], or rename the field")
    }
}
