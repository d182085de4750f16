import Foundation

extension GameMatrix {
    /// Reads similarities from JSON: a matrix with one row a game, or an object that holds it as `similarities`.
    ///
    /// Throws `ShapleyError.malformedInput`, which names the place, `ShapleyError.raggedRow` and
    /// `ShapleyError.nonFiniteNumber`.
    public init(json: Data) throws(ShapleyError) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: json)
        } catch let error as DecodingError {
            throw .malformedInput(error.place)
        } catch {
            throw .malformedInput("\(error)")
        }
        try self.init(rows: document.similarities)
    }

    /// Either form of the input.
    private struct Document: Decodable {
        let similarities: [[Double]]

        enum CodingKeys: String, CodingKey {
            case similarities
        }

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: CodingKeys.self) {
                similarities = try object.decode([[Double]].self, forKey: .similarities)
            } else {
                similarities = try [[Double]](from: decoder)
            }
        }
    }
}

extension DecodingError {
    /// What is wrong, and in which row and column.
    fileprivate var place: String {
        switch self {
        case .keyNotFound(let key, _):
            return "the key \"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context) where context.codingPath.compactMap(\.intValue).isEmpty:
            return "there is no matrix"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let indices = context.codingPath.compactMap(\.intValue)
            let place = zip(["row", "column"], indices).map { "\($0) \($1)" }.joined(separator: ", ")
            return "\(place) (counted from 0) is not a \(indices.count == 1 ? "list of numbers" : "number")"
        case .dataCorrupted(let context):
            let reason = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
            return "not valid JSON (\(reason ?? context.debugDescription))"
        @unknown default:
            return "\(self)"
        }
    }
}
