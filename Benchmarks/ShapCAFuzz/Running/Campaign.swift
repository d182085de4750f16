import Foundation
import Support

/// A target under fire: a child tries the inputs, and another goes on behind each that kills one.
struct Campaign: FuzzCampaign {
    let target: FuzzTarget
    let seed: UInt64
    let runs: Int
    /// Where minimised inputs go.
    let found: URL

    /// What came of it.
    struct Outcome: FuzzOutcome {
        let target: String
        /// Inputs that were tried.
        var runs = 0
        var accepted = 0
        var seconds = 0.0
        var peak = 0
        var deaths = 0
        var findings: [Finding] = []
        /// What went wrong with the fuzzing itself.
        var note: String?

        var line: String {
            let share = runs == 0 ? 0 : 100 * accepted / runs
            let rate = seconds > 0 ? Int(Double(runs) / seconds) : 0
            return String(
                format: "%9d inputs  %3d %% accepted  %7d/s  %5d MiB  %3d findings  ", runs, share, rate, peak >> 20,
                findings.count) + target + (note.map { "  (\($0))" } ?? "")
        }
    }

    /// After so many deaths a target is left alone: what kills it has to be mended first.
    private static let mostDeaths = 12

    /// Runs every input.
    func run() throws -> Outcome {
        let scratch = try Scratch()
        let status = try RunStatus(scratch["status"])
        let source = try InputSource(target, seed: seed)
        let shrinker = Shrinker(target: target, scratch: scratch, status: status)
        var outcome = Outcome(target: target.name)
        var kinds: Set<String> = []
        let started = ContinuousClock.now
        var next = 0
        func add(_ number: Int, _ fault: Shrinker.Failure) throws {
            guard kinds.insert(fault.kind).inserted else { return }
            let finding = try shrinker.finding(source.input(number), number: number, fault)
            try finding.write(to: found)
            outcome.findings.append(finding)
            FileHandle.standardError.write(Data("\(finding.report)\n".utf8))
        }
        while next < runs {
            let child = try ChildProcess(
                [
                    "child", target.name, "--seed", "\(seed)", "--from", "\(next)", "--to", "\(runs)", "--status",
                    status.url.path,
                ], status: status)
            outcome.peak = max(outcome.peak, child.peak)
            let reached = status.current
            for (number, fault) in Self.faults(in: child.errors) {
                try add(number, Shrinker.Failure(end: .exit(FuzzChild.faultStatus), what: fault))
            }
            guard child.end != .exit(0) else {
                next = runs
                break
            }
            guard status.hasBegun else {
                outcome.note = "a child does not start: \(child.end) \(child.errors.prefix(300))"
                break
            }
            next = reached + 1
            outcome.deaths += 1
            if let failure = try shrinker.failure(of: source.input(reached)) {
                try add(reached, failure)
            } else {
                outcome.note = "number \(reached) ended a child by \(child.end), but not by itself"
            }
            guard outcome.deaths < Self.mostDeaths else {
                outcome.note = "stopped after \(outcome.deaths) deaths"
                break
            }
        }
        outcome.runs = next
        outcome.accepted = status.accepted
        outcome.seconds = (ContinuousClock.now - started).seconds
        return outcome
    }

    /// The faults that a child has written down, with the numbers of their inputs.
    private static func faults(in errors: String) -> [(number: Int, fault: String)] {
        errors.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, fields[0] == "FAULT", let number = Int(fields[1]) else { return nil }
            return (number, String(fields[2]))
        }
    }
}
