extension KeyedDecodingContainer {
    /// Refuses a field that is there and not null.
    /// - Parameter reason: the message for the reader of the file.
    /// - Throws: `DecodingError`.
    package func refuse(_ key: Key, because reason: String) throws {
        guard try contains(key) && !decodeNil(forKey: key) else { return }
        throw corrupted(key, reason)
    }

    /// A value that a field may have, in words of ours where it has another.
    /// - Parameters:
    ///   - fallback: the value of a field that is missing or null; nil where there must be one.
    ///   - rule: the values that there are, to complete "it must be".
    /// - Throws: `DecodingError`.
    package func value<Value: Decodable>(
        _ key: Key, default fallback: Value? = nil, rule: String, isValid: (Value) -> Bool = { _ in true }
    ) throws -> Value {
        if let fallback, try !contains(key) || decodeNil(forKey: key) { return fallback }
        func fault(_ path: [any CodingKey]) -> DecodingError {
            .corrupted(path, "must be \(rule)")
        }
        let value: Value
        do {
            value = try decode(Value.self, forKey: key)
        } catch DecodingError.dataCorrupted(let context) {
            throw fault(context.codingPath)
        } catch let error as DecodingError {
            throw error
        } catch {
            // A number that does not fit; the decoder's error does not say where it is.
            throw fault(codingPath + [key])
        }
        guard isValid(value) else {
            throw corrupted(key, "is \("\(value)".shortened); it must be \(rule)")
        }
        return value
    }

    /// A whole number of a range.
    /// - Throws: `DecodingError`.
    package func whole(_ key: Key, in range: ClosedRange<Int>, default fallback: Int? = nil) throws -> Int {
        try value(key, default: fallback, rule: range.rule, isValid: range.contains)
    }

    /// A number of a range.
    /// - Throws: `DecodingError`.
    package func number(_ key: Key, in range: ClosedRange<Double>, default fallback: Double? = nil) throws -> Double {
        try value(key, default: fallback, rule: range.rule, isValid: range.contains)
    }

    /// One of some named values.
    /// - Throws: `DecodingError` with all their names.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: Key, default fallback: Choice? = nil
    ) throws -> Choice where Choice.RawValue == String {
        let name = try value(key, default: fallback?.rawValue, rule: "text")
        guard let choice = Choice(rawValue: name) else {
            throw corrupted(key, "is \(name.quoted); it must be \(Choice.names)")
        }
        return choice
    }
}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
    /// All names, for a message: `cpu, cuda or mps`.
    fileprivate static var names: String {
        let names = allCases.map(\.rawValue)
        return names.count > 1 ? "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")" : names.joined()
    }
}
