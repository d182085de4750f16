import ArgumentParser
import Foundation
import Support

/// Inputs that are tried on one target.
protocol FuzzCampaign: Sendable {
    associatedtype Outcome: FuzzOutcome
    func run() throws -> Outcome
}

/// What came of a campaign.
protocol FuzzOutcome: Sendable {
    /// Inputs that were tried.
    var runs: Int { get }
    var findings: [Finding] { get }
    /// What went wrong with the fuzzing itself, or ended it early.
    var note: String? { get }
    /// All of it on one line.
    var line: String { get }
}

/// The options of commands that try inputs on targets.
struct CampaignOptions: ParsableArguments {
    @Argument(help: "Targets by name, or all.")
    var targets: [String] = []

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: "Targets at once.")
    var jobs = 1

    @Option(help: ArgumentHelp("The folder that keeps the inputs that were found.", valueName: "folder"))
    var found = "Tests/FuzzTests/Found"

    func validate() throws { try Self.check("--jobs", jobs, 1...256) }

    /// Whether every target is meant.
    var areAll: Bool { targets == ["all"] }

    var foundFolder: URL { URL(filePath: found, directoryHint: .isDirectory) }

    /// Runs a campaign for each target, and prints what came of it; a finding is a failure.
    func run(_ campaign: (FuzzTarget) -> some FuzzCampaign) throws {
        let chosen = try areAll ? FuzzTarget.all : targets.map(FuzzTarget.required)
        guard !chosen.isEmpty else { throw ValidationError("name a target, or all; --list lists them") }
        let outcomes = try concurrentMap(chosen.map(campaign), threads: jobs) { campaign in
            let outcome = try campaign.run()
            FileHandle.standardOutput.write(Data("\(outcome.line)\n".utf8))
            return outcome
        }
        let findings = outcomes.flatMap(\.findings)
        print("\(outcomes.reduce(0) { $0 + $1.runs }) inputs, \(findings.count) findings")
        for finding in findings { print(finding.report) }
        if !findings.isEmpty || outcomes.contains(where: { $0.note != nil }) { throw ExitCode.failure }
    }

    /// Refuses a number outside its range.
    static func check(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ValidationError("\(option) takes \(range.lowerBound) to \(range.upperBound), not \(value)")
        }
    }
}
