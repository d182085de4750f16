import Corpus
import Foundation
import Support

/// What the command line asks for.
struct Options {
    private(set) var folder = URL(fileURLWithPath: ".", isDirectory: true)
    private(set) var seed: UInt64 = 1
    private(set) var asksForHelp = false
    private var unrelated = 0.0
    private var sizes: [Split: Int] = [:]

    static let usage = """
        usage: AmbiguousNames FOLDER [SEED] [--unrelated SHARE] [--train N] [--valid N] [--test N]

        Makes train, valid and test.jsonl, contexts.jsonl, samples.jsonl and images/ in FOLDER. Another SEED (1) makes
        another corpus. Without options the picture of a post decides what its names are; some posts name nothing.

          --unrelated SHARE  share of the posts, from 0 to 1, whose words decide, under an unrelated picture (0)
          --train N          posts to train on (300), from 1 to 100000
          --valid N          posts to validate on (200)
          --test N           posts to test on (800)

        With a size or a SHARE above 0 every post has a name, and its id ends in what decides: picture or text.
        """

    /// - Throws: `UsageError` for arguments that are not of the form of `usage`.
    init(_ arguments: some Sequence<String>) throws {
        var positional: [String] = []
        var remaining = arguments.makeIterator()
        while let argument = remaining.next() {
            switch argument {
            case "--help", "-h": asksForHelp = true
            case "--unrelated":
                unrelated = try Self.value(of: argument, remaining.next(), in: 0...1, are: "from 0 to 1, such as 0.4")
            case "--train": sizes[.train] = try Self.size(argument, remaining.next())
            case "--valid": sizes[.valid] = try Self.size(argument, remaining.next())
            case "--test": sizes[.test] = try Self.size(argument, remaining.next())
            case _ where argument.hasPrefix("-"): throw UsageError.unknownOption(argument)
            default: positional.append(argument)
            }
        }
        guard !asksForHelp else { return }
        guard let path = positional.first else { throw UsageError.missingFolder }
        folder = URL(fileURLWithPath: path, isDirectory: true)
        if positional.count > 1 {
            seed = try Self.value(
                of: "SEED", positional[1], in: 0...UInt64.max, are: "whole numbers from 0 to \(UInt64.max)")
        }
        guard positional.count <= 2 else { throw UsageError.extraArgument(positional[2]) }
    }

    /// The splits that are asked for.
    var plans: [Plan] {
        guard unrelated > 0 || !sizes.isEmpty else { return Plan.demonstration }
        return Plan.draw(sizes: [.train: 300, .valid: 200, .test: 800].merging(sizes) { $1 }, unrelated: unrelated)
    }

    private static func size(_ option: String, _ text: String?) throws -> Int {
        try value(of: option, text, in: 1...100_000, are: "whole numbers from 1 to 100000")
    }

    private static func value<Value: LosslessStringConvertible>(
        of name: String, _ text: String?, in range: ClosedRange<Value>, are allowed: String
    ) throws -> Value {
        guard let text else { throw UsageError.missingValue(name, allowed: allowed) }
        guard let value = Value(text), range.contains(value) else {
            throw UsageError.wrongValue(name, text, allowed: allowed)
        }
        return value
    }
}

/// Why a command line is not understood.
enum UsageError: Error, CustomStringConvertible {
    case missingFolder
    case extraArgument(String)
    case unknownOption(String)
    case missingValue(String, allowed: String)
    case wrongValue(String, String, allowed: String)

    var description: String {
        switch self {
        case .missingFolder: return "no FOLDER to make the corpus in"
        case .extraArgument(let argument): return "\"\(argument)\" is one argument too many after FOLDER and SEED"
        case .unknownOption(let option):
            let nearest = option.nearest(in: ["--unrelated", "--train", "--valid", "--test"])
            return "there is no option \(option)" + (nearest.map { "; did you mean \($0)?" } ?? "")
        case .missingValue(let name, let allowed): return "\(name) has no value; its values are \(allowed)"
        case .wrongValue(let name, let value, let allowed):
            return "\(name) cannot be \"\(value)\"; its values are \(allowed)"
        }
    }
}
