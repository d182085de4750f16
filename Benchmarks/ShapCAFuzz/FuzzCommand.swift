import ArgumentParser
import Foundation
import Support

/// `shapca-fuzz`: changed inputs for every reader, each of which must be read or refused with a message.
@main
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapca-fuzz", abstract: "Try changed inputs on every reader.",
        subcommands: [
            TryCommand.self, GuidedCommand.self, ReplayCommand.self, ChildCommand.self, GuidedChildCommand.self,
        ], defaultSubcommand: TryCommand.self)
}

/// Makes inputs and tries them.
struct TryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try", abstract: "Make inputs of targets and try them.",
        discussion: """
            An input depends on its target, its number and the seed alone. A trap, a hang of more than 10 s, more than \
            1 GiB of memory, and a message that no user should see are findings: their inputs are made as short as they \
            can be and kept in a folder, from which the tests try them again.
            """)

    @Flag(help: "List the targets.")
    var list = false

    @Option(help: "Inputs a target; slow ones get at most 20000 of all.")
    var runs = 2_000

    @OptionGroup var options: CampaignOptions

    func validate() throws { try CampaignOptions.check("--runs", runs, 0...1_000_000_000) }

    func run() throws {
        if list {
            for target in FuzzTarget.all { print(target.name.padded(to: 16) + target.about) }
            return
        }
        try options.run { target in
            Campaign(
                target: target, seed: options.seed, runs: options.areAll ? min(runs, target.mostRuns) : runs,
                found: options.foundFolder)
        }
    }
}

/// Has libFuzzer make inputs, where it is built in.
struct GuidedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guided", abstract: "Let what each input reaches decide which are changed further.",
        discussion: "Needs a build by Scripts/fuzz-guided.sh.")

    @Option(help: "Seconds a target.")
    var seconds = 60

    @Option(help: ArgumentHelp("The folder that keeps the inputs that reach new code.", valueName: "folder"))
    var corpus = ".build-guided/corpus"

    @OptionGroup var options: CampaignOptions

    func validate() throws {
        guard LibFuzzer.isPresent else {
            throw ValidationError("this build has no libFuzzer; run make fuzz-guided")
        }
        try CampaignOptions.check("--seconds", seconds, 1...1_000_000)
    }

    func run() throws {
        try options.run { target in
            GuidedCampaign(
                target: target, seconds: seconds, seed: options.seed,
                corpus: URL(filePath: corpus, directoryHint: .isDirectory), found: options.foundFolder)
        }
    }
}

/// Tries inputs again that were found before.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Try inputs again that were found before.")

    @Argument(help: "Files named TARGET-HASH, or folders of them.")
    var files: [String]

    func run() throws {
        let scratch = try Scratch()
        let status = try RunStatus(scratch["status"])
        var failures = 0
        for file in try files.map({ URL(filePath: $0) }).flatMap(Self.files) {
            let name = file.lastPathComponent
            guard let dash = name.lastIndex(of: "-") else { continue }
            let target = try FuzzTarget.required(String(name[..<dash]))
            let shrinker = Shrinker(target: target, scratch: scratch, status: status)
            let failure = try shrinker.failure(of: [UInt8](Data(contentsOf: file)))
            print("\(name): \(failure.map { "\($0.what) at \($0.place ?? "an unknown place")" } ?? "no fault")")
            if failure != nil { failures += 1 }
        }
        if failures > 0 { throw ExitCode.failure }
    }

    private static func files(at url: URL) throws -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
            return [url]
        }
        return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
            .filter { !$0.hasPrefix(".") && !$0.hasSuffix(".md") }.map { url.appending(path: $0) }
    }
}

/// The work of a child of those that try and replay.
struct ChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "child", shouldDisplay: false)

    @Argument var target: String
    @Option var seed: UInt64 = 1
    @Option var from = 0
    @Option var to = 0
    @Option var input: String?
    @Option var chunk: Int?
    @Option var kind: String?
    @Option var status: String

    func run() throws {
        let target = try FuzzTarget.required(target)
        let child = try FuzzChild(target, status: URL(filePath: status))
        guard let input else {
            let source = try InputSource(target, seed: seed)
            return child.run(from..<to, of: source)
        }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: input)))
        let code =
            if let chunk { child.run(without: chunk, of: bytes, from: from, stoppingAt: kind) } else {
                child.run(bytes, stoppingAt: kind)
            }
        if code != 0 { throw ExitCode(code) }
    }
}

/// The work of a child that libFuzzer guides.
struct GuidedChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "guided-child", shouldDisplay: false)

    @Argument var target: String
    @Option var folder: String
    @Option var corpus: String
    @Option var seconds: Int
    @Option var seed: UInt64

    func run() throws {
        let status = try GuidedChild.run(
            .required(target), folder: Scratch(at: URL(filePath: folder)), corpus: URL(filePath: corpus),
            seconds: seconds, seed: seed)
        if status != 0 { throw ExitCode(status) }
    }
}

extension FuzzTarget {
    /// The target of that name.
    static func required(_ name: String) throws -> FuzzTarget {
        guard let target = named(name) else {
            throw ValidationError("no target is called \(name); --list lists them")
        }
        return target
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
