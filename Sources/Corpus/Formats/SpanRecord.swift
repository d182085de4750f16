import Support

/// Entities as one field of a record gives them.
struct Spans {
    /// The name of the field.
    var field: String
    var records: [SpanRecord]
}

/// An entity by its offsets: `{"start": 0, "end": 5, "type": "PER"}`, where annotation tools write `start_offset`,
/// `end_offset`, and `label` or `labels`, or the list `[0, 5, "PER"]`.
struct SpanRecord: Decodable {
    var start: Int
    var end: Int
    var type: String
    /// The name by which relations mean the entity; nil where they count.
    var id: String?
    /// Whether it is written otherwise than in the native format.
    var isForeign = true
    /// Whether its offsets are said to be those of characters.
    var countsCharacters = false

    init(from decoder: any Decoder) throws {
        if var list = try? decoder.unkeyedContainer() {
            guard let start = try? list.decode(Int.self), let end = try? list.decode(Int.self),
                let type = try? list.decode(String.self), list.isAtEnd
            else { throw DecodingError.corrupted(decoder.codingPath, "expected [start, end, \"TYPE\"]") }
            (self.start, self.end, self.type) = (start, end, type)
            return
        }
        let fields = try decoder.container(keyedBy: AnyKey.self)
        func name(_ native: AnyKey, or others: AnyKey...) -> AnyKey {
            fields.contains(native) ? native : others.first(where: fields.contains) ?? native
        }
        let (startKey, endKey) = (name("start", or: "start_offset"), name("end", or: "end_offset"))
        let typeKey = name("type", or: "label", "labels")
        start = try fields.decode(Int.self, forKey: startKey)
        end = try fields.decode(Int.self, forKey: endKey)
        if typeKey.stringValue == "labels" {
            let types = try fields.decode([String].self, forKey: typeKey)
            guard types.count == 1 else { throw fields.corrupted(typeKey, "\(types.count) types; give one") }
            type = types[0]
        } else {
            type = try fields.decode(String.self, forKey: typeKey)
        }
        if fields.contains("id") { id = try? fields.decodeID(forKey: "id") }
        countsCharacters = startKey.stringValue != "start"
        isForeign = countsCharacters || typeKey.stringValue != "type"
    }
}

/// A relation by the positions of its entities, or as doccano writes it by their ids.
struct RelationRecord: Decodable {
    private var head: End
    private var tail: End
    private var type: String

    private enum End {
        case position(Int)
        case id(String)

        func position(among ids: [String?]) -> Int? {
            switch self {
            case .position(let position): position
            case .id(let id): ids.firstIndex(of: id)
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: AnyKey.self)
        if fields.contains("from_id"), fields.contains("to_id") {
            head = .id(try fields.decodeID(forKey: "from_id"))
            tail = .id(try fields.decodeID(forKey: "to_id"))
        } else {
            head = .position(try fields.decode(Int.self, forKey: "head"))
            tail = .position(try fields.decode(Int.self, forKey: "tail"))
        }
        type = try fields.decode(String.self, forKey: "type")
    }

    /// The relation between entities with ids; nil where none has an id that it names.
    func relation(between ids: [String?]) -> Relation? {
        guard let head = head.position(among: ids), let tail = tail.position(among: ids) else { return nil }
        return Relation(head: head, tail: tail, type: type)
    }
}

extension KeyedDecodingContainer<AnyKey> {
    /// The entities of the one field that has some; those of `entities` where none has.
    func decodeSpans() throws -> Spans {
        var found = Spans(field: "entities", records: [])
        for key in ["entities", "spans", "label", "labels"] as [AnyKey] where contains(key) {
            guard key.stringValue == "entities" || holdsSpans(key),
                let records = try decodeIfPresent([SpanRecord].self, forKey: key), !records.isEmpty
            else { continue }
            guard found.records.isEmpty else {
                throw corrupted(key, "is given beside \(found.field.quoted); keep one of the two")
            }
            found = Spans(field: key.stringValue, records: records)
        }
        return found
    }

    /// Whether a field is a list whose first element is a list or an object.
    private func holdsSpans(_ key: AnyKey) -> Bool {
        guard var list = try? nestedUnkeyedContainer(forKey: key), !list.isAtEnd else { return false }
        if (try? list.nestedContainer(keyedBy: AnyKey.self)) != nil { return true }
        return (try? list.nestedUnkeyedContainer()) != nil
    }
}
