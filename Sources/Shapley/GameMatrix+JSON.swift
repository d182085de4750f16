import Foundation
import Support

extension GameMatrix {
    /// Reads similarities from JSON: a matrix with one row a game, or an object that holds it as `similarities`.
    ///
    /// Throws `ShapleyError.malformedInput`, which names the place, also where there is no game or no player;
    /// `ShapleyError.raggedRow` and `ShapleyError.nonFiniteNumber`.
    package init(json: Data) throws(ShapleyError) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: json)
        } catch let error as DecodingError {
            if case .dataCorrupted = error, let entry = NonFiniteEntry(in: json) {
                throw .nonFiniteNumber(value: entry.value, row: entry.row, column: entry.column)
            }
            do throws(JSONProblem) { try JSONProblem.check(json) } catch { throw .malformedInput("\(error)") }
            throw .malformedInput(error.place)
        } catch {
            throw .malformedInput("there is no matrix")
        }
        try self.init(rows: document.similarities)
        guard games > 0 else { throw .malformedInput("the matrix is empty, it has no row") }
        guard players > 0 else { throw .malformedInput("the matrix is empty, its rows have no column") }
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

/// The first entry of a matrix in JSON that is a number but not a finite one: `NaN` and `Infinity`, which many programs
/// write although JSON has no such words, or a number too large, such as `1e999`.
private struct NonFiniteEntry {
    let value: Double
    let row: Int
    let column: Int

    init?(in json: Data) {
        var (depth, row, column) = (0, -1, 0)
        var (entry, quoted) = ("", false)
        for character in String(decoding: json, as: UTF8.self) {
            if character == "\"" { quoted.toggle() }
            guard !quoted else { continue }
            switch character {
            case "[":
                depth += 1
                row = depth == 1 ? -1 : row + 1
                column = 0
            case ",", "]":
                if depth == 2, let value = Double(entry), !value.isFinite {
                    (self.value, self.row, self.column) = (value, row, column)
                    return
                }
                column += 1
                if character == "]" { depth -= 1 }
            default:
                if !character.isWhitespace { entry.append(character) }
                continue
            }
            entry = ""
        }
        return nil
    }
}

extension DecodingError {
    /// The fault, with its row and column.
    fileprivate var place: String {
        switch self {
        case .keyNotFound(let key, _):
            return "the key \"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context) where context.codingPath.compactMap(\.intValue).isEmpty,
            .valueNotFound(_, let context) where context.codingPath.compactMap(\.intValue).isEmpty:
            return "there is no matrix"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let indices = context.codingPath.compactMap(\.intValue)
            let place = zip(["row", "column"], indices).map { "\($0) \($1)" }.joined(separator: ", ")
            return "\(place) (counted from 0) is not a \(indices.count == 1 ? "list of numbers" : "number")"
        case .dataCorrupted: return "a number is too large"
        @unknown default: return "there is no matrix"
        }
    }
}
