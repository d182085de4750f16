import Foundation
import Support

/// A target under libFuzzer, which keeps every input that reaches new code and changes those further.
struct GuidedCampaign: FuzzCampaign {
    let target: FuzzTarget
    let seconds: Int
    let seed: UInt64
    /// Where the inputs that reach new code are kept, a folder a target.
    let corpus: URL
    /// Where minimised inputs go.
    let found: URL

    /// What came of it.
    struct Outcome: FuzzOutcome {
        let target: String
        var runs = 0
        /// Branches of the program that were taken, of all that the compiler counts.
        var branches = "?"
        /// Inputs in the corpus.
        var kept = 0
        var findings: [Finding] = []
        /// What ended the child early.
        var note: String?

        var line: String {
            String(format: "%9d inputs  %6@ branches  %5d kept  %3d findings  ", runs, branches, kept, findings.count)
                + target + (note.map { "  (\($0))" } ?? "")
        }
    }

    /// Runs a child for the time, and makes what it has found as short as can be.
    func run() throws -> Outcome {
        let scratch = try Scratch()
        let status = try RunStatus(scratch["status"])
        let folder = corpus.appending(path: target.name, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (index, input) in try target.seeds().enumerated() {
            try Data(input).write(to: folder.appending(path: "valid-\(index)"))
        }
        let child = try ChildProcess(
            [
                "guided-child", target.name, "--folder", scratch.url.path, "--corpus", folder.path, "--seconds",
                "\(seconds)", "--seed", "\(seed)",
            ], status: status)
        var outcome = Outcome(target: target.name, runs: status.hasBegun ? status.current : 0)
        outcome.kept = try FileManager.default.contentsOfDirectory(atPath: folder.path).count
        if let covered = child.errors.matches(of: /cov: (\d+)/).last { outcome.branches = String(covered.output.1) }
        let shrinker = Shrinker(target: target, scratch: scratch, status: status)
        var suspects = try FileManager.default.contentsOfDirectory(atPath: scratch[GuidedChild.faults].path)
            .sorted().map { "\(GuidedChild.faults)/\($0)" }
        if child.end != .exit(0) {
            suspects.append(GuidedChild.currentInput)
            outcome.note = "ended by \(child.end)"
        }
        for suspect in suspects {
            let input = [UInt8](try Data(contentsOf: scratch[suspect]))
            guard let failure = try shrinker.failure(of: input) else { continue }
            let finding = try shrinker.finding(input, number: nil, failure)
            try finding.write(to: found)
            outcome.findings.append(finding)
        }
        return outcome
    }
}
