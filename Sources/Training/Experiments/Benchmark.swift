import Extraction
import Foundation

/// A published dataset that the paper measures on.
public enum Benchmark: String, Sendable, CaseIterable, Codable {
    case twitter2015
    case twitter2017
    case mnre
    case jmere

    /// The name that tables print.
    public var title: String {
        switch self {
        case .twitter2015: "Twitter-2015"
        case .twitter2017: "Twitter-2017"
        case .mnre: "MNRE"
        case .jmere: "JMERE"
        }
    }

    /// The same, with the dataset that a model was tested on where it is another.
    func title(testedOn other: Benchmark) -> String { other == self ? title : "\(title) to \(other.title)" }

    /// The scores that tables print, by the names of ``TaskScores``; the first is the main one.
    var measures: [String] {
        switch self {
        case .twitter2015, .twitter2017: ["entities"]
        case .mnre: ["relations, None left out"]
        case .jmere: ["joint, unordered pairs (EEGA)", "joint, strict", "entities"]
        }
    }

    /// What types of the training data are called in the data of another benchmark.
    func renames(testedOn other: Benchmark) -> [String: String] {
        Set([self, other]) == [.twitter2015, .twitter2017] ? ["OTHER": "MISC"] : [:]
    }

    /// The settings of the experiment, a file of `Configurations/`.
    var configurationFile: String { "\(rawValue).yaml" }

    /// The folders that may hold its contexts. JMERE's pictures are MNRE's, and so are their contexts.
    private var contextFolders: [String] { self == .jmere ? [rawValue, Benchmark.mnre.rawValue] : [rawValue] }

    /// The context file of a generator.
    func contexts(_ generator: String, in data: URL) -> URL? {
        contextFolders.map { data.appending(path: "\($0)/contexts.\(generator).jsonl") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// The generators whose contexts are there, in alphabetical order.
    func generators(in data: URL) -> [String] {
        let names = contextFolders.flatMap { folder in
            (try? FileManager.default.contentsOfDirectory(atPath: data.appending(path: folder).path)) ?? []
        }
        let generators = names.compactMap { name in
            name.hasPrefix("contexts.") && name.hasSuffix(".jsonl")
                ? String(name.dropFirst("contexts.".count).dropLast(".jsonl".count)) : nil
        }
        return Set(generators).sorted()
    }
}
