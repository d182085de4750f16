import Foundation
import Support

/// An input that a reader does not survive, or handles in a way that no user should see.
struct Finding: Sendable {
    let target: String
    /// The input's number in its run; nil for one that came from a file.
    let number: Int?
    /// What happened.
    let what: String
    /// The first place in the package's own sources that a backtrace names.
    let place: String?
    /// The input, as short as it could be made.
    let input: [UInt8]

    /// What faults of one cause have in common: the words before the first colon, without numbers, and the name of the
    /// file that a message begins with.
    static func kind(of fault: String) -> String {
        let parts = fault.split(separator: ": ", maxSplits: 1)
        let words = (parts.first ?? "").split(separator: " ").filter { !$0.contains(where: \.isNumber) }
        let start = parts.dropFirst().first?.prefix { $0 != " " && $0 != ":" } ?? ""
        let file = start.contains("/") ? start.split(separator: "/").last : nil
        return (words + [file].compactMap { $0 }).joined(separator: " ")
    }

    /// The first place of a backtrace in the package's sources, such as `Sources/Torch/Tensor.swift:12`.
    static func place(in backtrace: String) -> String? {
        for line in backtrace.split(separator: "\n") {
            guard let start = line.range(of: " at /"), let sources = line.range(of: "/Sources/"),
                start.lowerBound < sources.lowerBound, !line.contains("/checkouts/")
            else { continue }
            let path = line[line.index(after: sources.lowerBound)...]
            return String(path.prefix { !$0.isWhitespace && $0 != "," })
        }
        return nil
    }

    /// The name of the file that keeps the input.
    var fileName: String { "\(target)-\(SHA256.digest(of: input).hexadecimal.prefix(12))" }

    /// Writes the input into a folder, which is made where it is absent.
    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(input).write(to: folder.appending(path: fileName))
    }

    /// The finding on a few lines.
    var report: String {
        let input = input.prefix(400)
        let text =
            String(validating: input, as: UTF8.self)?.debugDescription
            ?? "\(Data(input).base64EncodedString()) (base64)"
        return """
              \(target)\(number.map { " number \($0)" } ?? ""): \(what)
                at \(place ?? "an unknown place"); \(self.input.count) bytes, \(fileName): \(text)
            """
    }
}
