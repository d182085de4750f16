import Support

/// A part of a `tokenizer.json`: an object whose `type` says what it is, with the fields that this type has.
struct TokenizerPart<Kind: RawRepresentable & CaseIterable> where Kind.RawValue == String {
    typealias Field = AnyKey

    let kind: Kind
    let fields: KeyedDecodingContainer<Field>
    /// The document that the part stands in.
    let document: [UInt8]?

    /// Reads the type.
    /// - Throws: `DecodingError` for one that is not supported, with the nearest name and all that are.
    init(_ decoder: any Decoder) throws {
        document = decoder.userInfo[ExactObject.document] as? [UInt8]
        fields = try decoder.container(keyedBy: Field.self)
        let type = try fields.decode(String.self, forKey: "type")
        guard let kind = Kind(rawValue: type) else {
            let known = Kind.allCases.map(\.rawValue)
            let near = type.nearest(in: known).map { "; did you mean \($0)?" } ?? ""
            throw fields.corrupted(
                "type", "is \(type.quoted), which is not supported\(near) Supported: \(known.joined(separator: ", "))")
        }
        self.kind = kind
    }

    /// Refuses fields that a part of this type does not have.
    func allow(_ names: String...) throws {
        try fields.refuseUnknown(
            besides: names, and: ["type"], as: "\(kind.rawValue) has no such field that is supported")
    }

    /// A field that is true or false.
    func flag(_ name: Field, default fallback: Bool) throws -> Bool {
        try fields.decodeIfPresent(Bool.self, forKey: name) ?? fallback
    }

    /// Refuses a field that is neither missing, null nor one of the values.
    func require<Value: Decodable & Equatable>(_ name: Field, _ values: Value..., because reason: String) throws {
        guard let value = try fields.decodeIfPresent(Value.self, forKey: name), !values.contains(value) else { return }
        throw fields.corrupted(name, "is \("\(value)".quoted); \(reason)")
    }
}

extension KeyedDecodingContainer<AnyKey> {
    /// Refuses fields that are not among those that are supported.
    /// - Parameters:
    ///   - names: the names that the message offers.
    ///   - others: names that it does not.
    ///   - problem: what the message begins with.
    func refuseUnknown(besides names: [String], and others: Set<String> = [], as problem: String) throws {
        for key in allKeys where !others.contains(key.stringValue) && !names.contains(key.stringValue) {
            let near = key.stringValue.nearest(in: names).map { "; did you mean \($0)?" } ?? ""
            let known = names.isEmpty ? "none" : names.joined(separator: ", ")
            throw corrupted(key, "\(problem)\(near) Supported: \(known)")
        }
    }
}
