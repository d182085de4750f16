import ArgumentParser
import Foundation
import Torch

/// The number of measurements, and the lines that report them.
struct Measurement: ParsableArguments {
    @Flag(help: "Measure once for each line on standard input.")
    var driven = false

    @Option(help: "Measurements without --driven.")
    var repeats = 5

    @Option(help: "Rounds before the first measurement.")
    var warmup = 2

    @Option(help: "Threads an operator may use.")
    var threads = 2

    /// Warms up, says `ready`, measures `work` once a turn and reports the median.
    /// - Parameter work: does the work once and returns what else its line says.
    func run(_ mode: String, _ description: [String: String] = [:], work: () throws -> [String: Double]) throws {
        Engine.threadCount = threads
        Engine.calmThreads()
        for _ in 0..<warmup { _ = try work() }
        report(["event": "ready", "mode": mode, "threads": threads].merging(description) { $1 })
        var seconds: [Double] = []
        while driven ? readLine() != nil : seconds.count < repeats {
            let clock = ContinuousClock()
            let start = clock.now
            let outcome = try work()
            let elapsed = (clock.now - start).components
            seconds.append(Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
            report(["event": "measurement", "seconds": seconds[seconds.count - 1]].merging(outcome) { $1 })
        }
        guard !seconds.isEmpty else { return }
        report([
            "event": "summary", "mode": mode, "count": seconds.count,
            "medianSeconds": seconds.sorted()[seconds.count / 2],
        ])
    }

    private func report(_ values: [String: Any]) {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        var values = values
        values["peakMemoryBytes"] = usage.ru_maxrss * 1024
        guard let line = try? JSONSerialization.data(withJSONObject: values, options: [.sortedKeys]) else { return }
        FileHandle.standardOutput.write(line + Data("\n".utf8))
    }
}
