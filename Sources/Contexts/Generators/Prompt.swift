import Foundation
import Support

/// The question about each picture.
package enum Prompt {
    /// The question where no other is given: `Resources/prompt.txt`, which is part of the binary.
    package static let standard = String(decoding: PackageResources.prompt_txt, as: UTF8.self).trimmed

    /// Reads a question from a file; white space at its ends is not part of it.
    /// - Throws: ``PromptError``.
    package static func read(_ url: URL) throws(PromptError) -> String {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw PromptError(file: url, problem: "the prompt cannot be read (\(reason(of: error))); check the path")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PromptError(file: url, problem: "not valid UTF-8; save the prompt as UTF-8")
        }
        let prompt = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !prompt.isEmpty else { throw PromptError(file: url, problem: "the prompt is empty") }
        return prompt
    }
}

/// A file that does not hold a prompt.
package struct PromptError: Error, Equatable, CustomStringConvertible {
    let file: URL
    let problem: String

    package var description: String { "\(file.relativePath): \(problem)" }
}

extension String {
    /// The string without white space at its ends.
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
