import Foundation
import Support

extension JSONDecoder {
    /// Decodes one line, or one element of an array that was cut out as if it were a line.
    /// - Parameter rule: the layout of records in the file, for the message where one is not valid JSON.
    /// - Throws: ``CorpusError/malformed(_:problem:)`` that names the place and the field.
    func record<Record: Decodable>(
        _ type: Record.Type, of line: LineReader.Line, rule: String = "write one object a line"
    ) throws(CorpusError) -> Record {
        let bytes = Data(try line.text().withoutTrailingSpace.utf8)
        do throws(JSONSyntax.Fault) {
            try JSONSyntax.check(Array(bytes))
        } catch {
            throw CorpusError(.syntax(error, rule: rule), at: line.location, indent: line.indent)
        }
        do throws(JSONProblem) {
            return try decode(type, from: bytes, rule: rule)
        } catch {
            throw CorpusError(error, at: line.location)
        }
    }
}

extension CorpusError {
    /// The fault of JSON that begins at a place.
    /// - Parameter indent: the characters before it on its line.
    package init(_ problem: JSONProblem, at location: SourceLocation, indent: Int = 0) {
        switch problem {
        case .content(let problem): self = .malformed(location, problem: problem)
        case .syntax(let fault, let rule):
            let place = SourceLocation(file: location.file, line: location.line + fault.line - 1)
            self = .malformed(place, problem: "not valid JSON: \(fault.message(rule: rule, indent: indent))")
        }
    }
}
