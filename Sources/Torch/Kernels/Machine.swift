import Foundation
import Support

/// What the time of a product depends on: timings of one machine tell nothing about another.
public struct Machine: Sendable, Equatable, Codable {
    /// The processor's name, with family, model and stepping where the system tells them.
    public var processor: String
    /// The vector and matrix instructions of the processor.
    public var instructions: [String]
    /// The environment variables that limit what libtorch uses of them.
    public var limits: [String: String]
    public var processors: Int
    /// The threads of an operator.
    public var threads: Int
    public var libtorch: String
    public var version: String

    private static let limitingVariables = [
        "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR",
    ]

    /// The machine of this process.
    /// - Parameter threads: the threads of an operator.
    public init(threads: Int = Engine.threadCount) {
        let file = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let fields = file.split(separator: "\n\n", maxSplits: 1).first.map { Self.fields(of: $0) } ?? [:]
        let numbers = ["cpu family", "model", "stepping"].compactMap { name in fields[name].map { "\(name) \($0)" } }
        processor = ([fields["model name"] ?? "unknown"] + numbers).joined(separator: ", ")
        instructions = (fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map(String.init)
            .filter { name in ["avx", "amx", "fma", "sve", "asimd", "bf16"].contains(where: name.contains) }.sorted()
        let environment = ProcessInfo.processInfo.environment
        limits = Dictionary(
            uniqueKeysWithValues: Self.limitingVariables.compactMap { name in
                environment[name].map { (name, $0) }
            })
        processors = ProcessInfo.processInfo.activeProcessorCount
        self.threads = threads
        libtorch = Engine.version
        version = packageVersion
    }

    private static func fields(of processor: Substring) -> [String: String] {
        let pairs = processor.split(separator: "\n").compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].trimmingCharacters(in: .whitespaces),
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
