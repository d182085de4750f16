import Support

/// A tag for each token of a post, in BIO.
struct TagColumn {
    /// The name of the field.
    var field: String
    fileprivate var values: Values

    fileprivate enum Values {
        case names([String])
        case numbers([Int])
    }

    /// The tags.
    /// - Parameter names: the names that whole numbers mean.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` that names the first element at fault.
    func tags(names: [String]?, at location: SourceLocation) throws(CorpusError) -> [Tag] {
        var tags: [Tag] = []
        for (index, text) in try texts(names: names, at: location).enumerated() {
            guard let tag = Tag(text) else {
                throw .malformed(
                    location,
                    problem: "field \(field)[\(index)]: tag \(text.quoted) is not O, B-TYPE or I-TYPE; "
                        + "convert the tags to BIO")
            }
            tags.append(tag)
        }
        return tags
    }

    private func texts(names: [String]?, at location: SourceLocation) throws(CorpusError) -> [String] {
        switch values {
        case .names(let texts): return texts
        case .numbers(let numbers):
            guard let names else {
                throw .malformed(
                    location,
                    problem: "field \(field): numbers without names; write the tags as strings, or their names "
                        + "as the list \"label_list\" in the first line")
            }
            var texts: [String] = []
            for (index, number) in numbers.enumerated() {
                guard names.indices.contains(number) else {
                    throw .malformed(
                        location,
                        problem: "field \(field)[\(index)]: \(number) is none of the \(names.count) names, "
                            + "which count from 0")
                }
                texts.append(names[number])
            }
            return texts
        }
    }
}

/// A column as the library `datasets` describes it.
private struct Feature: Decodable {
    var names: [String]?
    var feature: Names?

    struct Names: Decodable {
        var names: [String]?
    }
}

extension KeyedDecodingContainer<AnyKey> {
    /// The tags of the first field that has one for each token; nil where none has.
    func decodeTagColumn(tokenCount: Int?, isAlone: Bool) throws -> TagColumn? {
        guard let tokenCount, tokenCount > 0 else { return nil }
        for key in ["ner_tags", "tags", "label", "labels"] as [AnyKey] {
            guard let values = tagValues(key) else { continue }
            guard values.count == tokenCount else {
                if key.stringValue != "ner_tags" { continue }
                throw corrupted(key, "\(values.count) tags for \(tokenCount) tokens; give one a token")
            }
            guard isAlone else { throw corrupted(key, "is given beside entities; keep one of the two") }
            return TagColumn(field: key.stringValue, values: values.values)
        }
        return nil
    }

    private func tagValues(_ key: AnyKey) -> (values: TagColumn.Values, count: Int)? {
        if let names = try? decode([String].self, forKey: key) { return (.names(names), names.count) }
        if let numbers = try? decode([Int].self, forKey: key) { return (.numbers(numbers), numbers.count) }
        return nil
    }

    /// The names that numbers mean as tags: a list in `label_list` or `features`, or in `features` as the library
    /// `datasets` writes it.
    func decodeTagNames() -> (field: String, names: [String])? {
        for key in ["label_list", "features"] as [AnyKey] {
            if let names = try? decode([String].self, forKey: key) { return (key.stringValue, names) }
            guard let features = try? decode([String: Feature].self, forKey: key) else { continue }
            let tags = ["ner_tags", "tags", "labels"].lazy.compactMap { features[$0] }.first
            if let names = tags?.feature?.names ?? tags?.names { return (key.stringValue, names) }
        }
        return nil
    }
}
