import Foundation

/// Why a JSON document is not what it should be, in the words of the document.
package enum JSONProblem: Error, CustomStringConvertible {
    /// It is not JSON.
    case syntax(JSONSyntax.Fault, rule: String?)
    /// It is JSON of another content; the message names the field.
    case content(String)

    package var description: String {
        switch self {
        case .syntax(let fault, let rule): "not valid JSON: line \(fault.line), \(fault.message(rule: rule))"
        case .content(let problem): problem
        }
    }
}

extension JSONSyntax.Fault {
    /// The column, the path and the fault.
    /// - Parameters:
    ///   - rule: the layout of the document, for a fault that no path tells the place of.
    ///   - indent: the characters before the first line, where it was cut out of a longer one.
    package func message(rule: String?, indent: Int = 0) -> String {
        let (field, remedy) = path.isEmpty ? ("", rule.map { "; \($0)" } ?? "") : (" in \(path)", "")
        return "column \(line == 1 ? column + indent : column)\(field): \(problem)\(remedy)"
    }
}

extension JSONDecoder {
    /// Decodes a document, whose faults are named by line, column and field.
    /// - Parameter rule: the layout of the document, for the message where it is not JSON or not an object.
    package func decode<Value: Decodable>(
        _ type: Value.Type, from document: Data, rule: String
    ) throws(JSONProblem) -> Value {
        do {
            return try decode(type, from: document)
        } catch let error as DecodingError {
            throw problem(error, of: type, in: document, rule: rule)
        } catch {
            throw .content("not a record; \(rule)")
        }
    }

    private func problem(
        _ error: DecodingError, of type: (some Decodable).Type, in document: Data, rule: String
    ) -> JSONProblem {
        guard case .dataCorrupted(let context) = error, context.isForeign else {
            return .content(error.problem(rule: rule))
        }
        do throws(JSONProblem) {
            try JSONProblem.check(document, rule: rule)
        } catch {
            return error
        }
        guard context.codingPath.isEmpty else {
            let value = document.string(at: context.codingPath)?.quoted ?? "the value"
            return .content("field \(context.field): \(value) is none of the values that are known here")
        }
        return .content(numberProblem(of: type, in: Array(document.withoutMark)))
    }

    /// The fault of a document that is JSON and has a number that its field cannot hold; the decoder does not name it.
    private func numberProblem(of type: (some Decodable).Type, in document: [UInt8]) -> String {
        let places = JSONSyntax.numbers(in: document)
        /// Whether a number at fault is left where the first numbers are 0.
        func isAtFault(withoutFirst count: Int) -> Bool {
            var bytes = document
            for place in places.prefix(count) {
                bytes.replaceSubrange(
                    place, with: repeatElement(.space, count: place.count - 1) + [UInt8(ascii: "0")])
            }
            do {
                _ = try decode(type, from: Data(bytes))
            } catch DecodingError.dataCorrupted(let context) {
                return context.codingPath.isEmpty && context.isForeign
            } catch {}
            return false
        }
        var (faulty, sound) = (0, places.count)
        guard !places.isEmpty, !isAtFault(withoutFirst: sound) else { return "a number is too large, or not whole" }
        while sound - faulty > 1 {
            let middle = (faulty + sound) / 2
            if isAtFault(withoutFirst: middle) { faulty = middle } else { sound = middle }
        }
        let place = places[faulty]
        let path = JSONSyntax.path(ofNumberAt: place.lowerBound, in: document)
        let number = Double(String(decoding: document[place], as: UTF8.self))
        return (path.isEmpty ? "" : "field \(path): ")
            + (number?.isFinite == true
                ? "the number is not whole, or too large; give a whole number"
                : "the number is too large; give a smaller one")
    }
}

extension JSONProblem {
    /// Checks that a document is JSON.
    package static func check(_ document: Data, rule: String? = nil) throws(JSONProblem) {
        guard String(validating: document, as: UTF8.self) != nil else {
            throw .content("not valid UTF-8; save the file as UTF-8")
        }
        do throws(JSONSyntax.Fault) {
            try JSONSyntax.check(Array(document.withoutMark))
        } catch {
            throw .syntax(error, rule: rule)
        }
    }
}

extension Data {
    /// The bytes behind a byte order mark.
    fileprivate var withoutMark: Data { starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self }

    /// The string at a path of a JSON document; nil where something else is.
    fileprivate func string(at path: [any CodingKey]) -> String? {
        let root = try? JSONSerialization.jsonObject(with: self, options: .fragmentsAllowed)
        return path.reduce(root) { value, key in
            if let index = key.intValue, let list = value as? [Any], list.indices.contains(index) { return list[index] }
            return (value as? [String: Any])?[key.stringValue]
        } as? String
    }
}
