import Foundation
import Support

extension DatasetFormat {
    /// The format of EEGA, in which JMERE is published, one JSON array: `train.json`, `val.json` (or `valid`,
    /// `dev`, `validation`) and `test.json`.
    static let eega = DatasetFormat(
        name: "EEGA JSON", pathExtension: "json", namings: [Naming(valid: ["val", "valid", "dev", "validation"])]
    ) { try EEGAReader($0) }
}

/// Posts in the format of EEGA, in which JMERE is published: a JSON array with an object a post.
///
///     [{"token": ["UN", "in", "Libya"], "img_id": "1.jpg", "label_list": [[{
///       "beg_ent": {"name": "UN", "pos": [0, 1], "tags": "org"},
///       "sec_ent": {"name": "Libya", "pos": [2, 3], "tags": "loc"}, "relation": "locate_at"}]]}]
///
/// The lists of `label_list` are one list to this reader. The post's entities are the distinct ones of all pairs by
/// their start; a relation leads from `beg_ent` to `sec_ent`, whichever comes first in the text. A post that cannot be
/// read is named by its number from 0, `posts[3]`, and by its line. An array whose first post has `tokens` or `text` is
/// one of records, see ``PostRecord``.
/// Yuan et al., "Joint Multimodal Entity-Relation Extraction Based on Edge-Enhanced Graph Alignment Network and
/// Word-Pair Relation Tagging", AAAI 2023.
package final class EEGAReader: PostReader {
    package private(set) var findings = Findings()
    package private(set) var location: SourceLocation
    private var elements: JSONArrayReader
    private let decoder = JSONDecoder()
    private var records = PostRecordReader()
    /// Whether posts are in the layout of EEGA, as the first one says; otherwise they are records as in JSON lines.
    private var isEEGA: Bool?

    /// Opens a file.
    /// - Throws: ``CorpusError/unreadable(path:reason:)``.
    package init(_ url: URL) throws {
        elements = try JSONArrayReader(url)
        location = SourceLocation(file: elements.name, line: 1)
    }

    package func next() -> Result<Post, CorpusError>? {
        guard let element = elements.next() else {
            records.finish(findings: &findings)
            return nil
        }
        do throws(CorpusError) {
            let element = try element.get()
            location = element.location
            return .success(try post(of: element, id: "post-\(elements.count - 1)"))
        } catch {
            location = error.location ?? location
            guard elements.count > 0 else { return .failure(error) }
            return .failure(.malformed(location, problem: "posts[\(elements.count - 1)]: \(error.problem)"))
        }
    }

    private func post(of element: LineReader.Line, id: String) throws(CorpusError) -> Post {
        let isEEGA = isEEGA ?? !Self.isRecord(element, decoder)
        self.isEEGA = isEEGA
        guard isEEGA else {
            let post = try records.post(of: element, id: id, findings: &findings, rule: "write each post as an object")
            guard let post else { throw .malformed(location, problem: "field tokens: missing; add it") }
            return post
        }
        let record = try decoder.record(EEGARecord.self, of: element, rule: "write each post as an object")
        let triples = try triples(of: record)
        let entities = Set(triples.flatMap { [$0.head, $0.tail] }).sorted { left, right in
            (left.start, left.end, left.type) < (right.start, right.end, right.type)
        }
        let indices = Dictionary(uniqueKeysWithValues: zip(entities, entities.indices))
        var relations: [Relation] = []
        var seen: Set<Relation> = []
        for triple in triples {
            guard let head = indices[triple.head], let tail = indices[triple.tail] else { continue }
            let relation = Relation(head: head, tail: tail, type: triple.type)
            if seen.insert(relation).inserted {
                relations.append(relation)
            } else {
                findings.add(.repeatedRelation, at: location, "\(relation.type.quoted) of \(id) is named again")
            }
        }
        var post = Post(
            id: id, content: .tokens(record.tokens), imageNamed: record.image,
            entities: entities, relations: relations)
        findings.inspect(&post, at: location)
        return post
    }

    /// Whether a post is a record as in JSON lines.
    private static func isRecord(_ element: LineReader.Line, _ decoder: JSONDecoder) -> Bool {
        guard let names = try? decoder.decode(FieldNames.self, from: element.bytes) else { return false }
        return names.contains("tokens") || names.contains("text")
    }

    /// The pairs of all lists, with their places checked.
    private func triples(
        of record: EEGARecord
    ) throws(CorpusError) -> [(head: Entity, tail: Entity, type: String)] {
        var triples: [(head: Entity, tail: Entity, type: String)] = []
        for (outer, pairs) in record.labels.enumerated() {
            for (inner, pair) in pairs.enumerated() {
                let field = "label_list[\(outer)][\(inner)]"
                let head = try findings.entity(
                    pair.head.mention, among: record.tokens, field: "\(field).beg_ent", at: location)
                let tail = try findings.entity(
                    pair.tail.mention, among: record.tokens, field: "\(field).sec_ent", at: location)
                triples.append((head, tail, pair.relation))
            }
        }
        return triples
    }
}

/// A post as EEGA writes it.
private struct EEGARecord: Decodable {
    var tokens: [String]
    var image: String
    var labels: [[Pair]]

    enum CodingKeys: String, CodingKey {
        case tokens = "token"
        case image = "img_id"
        case labels = "label_list"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        tokens = try fields.decode([String].self, forKey: .tokens)
        image = try fields.decodeName(forKey: .image)
        labels = try fields.decode([[Pair]].self, forKey: .labels)
    }

    /// Two entities and how the first is related to the second.
    struct Pair: Decodable {
        var head: Member
        var tail: Member
        var relation: String

        enum CodingKeys: String, CodingKey {
            case head = "beg_ent"
            case tail = "sec_ent"
            case relation
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            head = try fields.decode(Member.self, forKey: .head)
            tail = try fields.decode(Member.self, forKey: .tail)
            relation = try fields.decodeName(forKey: .relation)
        }
    }

    /// An entity of a pair.
    struct Member: Decodable {
        var mention: Mention

        enum CodingKeys: String, CodingKey {
            case name
            case position = "pos"
            case type = "tags"
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            let position = try fields.decode([Double].self, forKey: .position).map { Int(exactly: $0) }
            guard !position.contains(nil) else {
                throw fields.corrupted(.position, "not whole numbers; give [start, end]")
            }
            mention = Mention(
                name: try fields.decode(String.self, forKey: .name), position: position.compactMap(\.self),
                type: try fields.decodeName(forKey: .type))
        }
    }
}

extension KeyedDecodingContainer {
    /// A string that is not blank.
    fileprivate func decodeName(forKey key: Key) throws -> String {
        let name = try decode(String.self, forKey: key)
        guard !name.isBlank else { throw corrupted(key, "empty; name it") }
        return name
    }
}
