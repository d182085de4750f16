import Foundation

/// Tries an input by itself, and makes it shorter while it fails in the same way.
struct Shrinker {
    let target: FuzzTarget
    let scratch: Scratch
    let status: RunStatus

    /// A way in which an input fails.
    struct Failure {
        let end: ChildProcess.End
        /// The fault; for a trap, what the backtrace says first.
        var what: String
        var place: String?

        /// What failures of one cause have in common.
        var kind: String { place ?? (isFault ? Finding.kind(of: what) : "\(end)") }

        /// Whether it is a fault that a reader survives.
        var isFault: Bool { end == .exit(FuzzChild.faultStatus) }
    }

    /// Seconds that are spent on making an input shorter.
    private static let patience = 30

    /// How an input fails by itself; nil where it does not.
    func failure(of input: [UInt8]) throws -> Failure? {
        let file = try scratch.write(input, to: "input")
        let arguments = ["child", target.name, "--input", file.path, "--status", status.url.path]
        let child = try ChildProcess(arguments, status: status)
        switch child.end {
        case .exit(0): return nil
        case .exit(FuzzChild.faultStatus):
            let fault = child.errors.split(separator: "\n").last { $0.hasPrefix("FAULT ") } ?? ""
            return Failure(
                end: child.end, what: fault.split(separator: " ", maxSplits: 2).last.map(String.init) ?? "a fault")
        case .hang, .memory: return Failure(end: child.end, what: "\(child.end)")
        case .exit, .signal:
            let told = try ChildProcess(arguments, status: status, backtraces: true)
            let reason = told.errors.split(separator: "\n").first { $0.contains("rror") }
            return Failure(
                end: child.end, what: "\(child.end)\(reason.map { ": \($0.prefix(200))" } ?? "")",
                place: Finding.place(in: told.errors))
        }
    }

    /// The finding of an input that fails, as short as it can be made.
    func finding(_ input: [UInt8], number: Int?, _ failure: Failure) throws -> Finding {
        let shorter = try shortened(input, failure)
        return Finding(
            target: target.name, number: number, what: failure.what, place: failure.place, input: shorter)
    }

    private func shortened(_ input: [UInt8], _ failure: Failure) throws -> [UInt8] {
        var input = input
        let deadline = ContinuousClock.now + .seconds(failure.end == .hang ? 3 * Self.patience : Self.patience)
        var chunk = max(1, input.count / 2)
        while !input.isEmpty {
            var first = 0
            var isShorter = false
            while first * chunk < input.count, ContinuousClock.now < deadline {
                let file = try scratch.write(input, to: "input")
                var arguments = [
                    "child", target.name, "--input", file.path, "--chunk", "\(chunk)", "--from", "\(first)", "--status",
                    status.url.path,
                ]
                if failure.isFault { arguments += ["--kind", Finding.kind(of: failure.what)] }
                let child = try ChildProcess(arguments, status: status)
                guard child.end.isLike(failure.end) else {
                    guard child.end == .exit(0) else {
                        first = status.current + 1
                        continue
                    }
                    break
                }
                first = status.current
                input.removeSubrange(first * chunk..<min((first + 1) * chunk, input.count))
                isShorter = true
            }
            guard ContinuousClock.now < deadline, chunk > 1 || isShorter else { break }
            chunk = max(1, min(chunk, input.count) / 2)
        }
        return input
    }
}
