import Foundation
import Torch

/// The work of a child process: it tries one input after another, and dies of the first that traps.
struct FuzzChild {
    /// The exit status of a child that has met a fault and was to stop there.
    static let faultStatus: Int32 = 70
    /// The bytes that a child may take beyond those that it has before its first input.
    static let memoryLimit = 1 << 30

    let target: FuzzTarget
    let status: RunStatus
    private let folder: Scratch

    init(_ target: FuzzTarget, status: URL) throws {
        self.target = target
        self.status = try RunStatus(status)
        folder = try Scratch(at: status.appendingPathExtension("folder"))
        Engine.threadCount = 1
    }

    /// Tries inputs by their numbers. Every new kind of fault is a line on standard error, and the run goes on.
    func run(_ numbers: Range<Int>, of source: InputSource) {
        limitMemory()
        var told: Set<String> = []
        for number in numbers {
            let input = source.input(number)
            begin(number)
            var (fault, isAccepted) = fault(of: input)
            if isAccepted { status.accepted += 1 }
            if number < source.validCount, !isAccepted, fault == nil {
                fault = "a valid input is refused: \(refusal(of: input))"
            }
            if let fault, told.insert(Finding.kind(of: fault)).inserted { report(fault, number) }
        }
    }

    /// Tries an input and judges how it is refused.
    func fault(of input: [UInt8]) -> (fault: String?, isAccepted: Bool) { target.fault(of: input, in: folder) }

    private func refusal(of input: [UInt8]) -> String {
        do { try target.attempt(input, folder) } catch { return "\(error)" }
        return "but not the second time"
    }

    /// Tries an input without ranges of itself, and stops at the first that has a fault of that kind.
    /// - Parameters:
    ///   - chunk: bytes of a range.
    ///   - first: the first range to leave out.
    func run(without chunk: Int, of input: [UInt8], from first: Int, stoppingAt kind: String?) -> Int32 {
        limitMemory()
        let count = (input.count + chunk - 1) / chunk
        for number in first..<max(first, count) {
            var shorter = input
            shorter.removeSubrange(number * chunk..<min((number + 1) * chunk, input.count))
            begin(number)
            if stops(shorter, at: kind) { return Self.faultStatus }
        }
        return 0
    }

    /// Tries one input.
    func run(_ input: [UInt8], stoppingAt kind: String?) -> Int32 {
        limitMemory()
        begin(0)
        let fault = fault(of: input).fault
        if let fault { report(fault, 0) }
        guard let fault else { return 0 }
        return kind.map { Finding.kind(of: fault) == $0 } ?? true ? Self.faultStatus : 0
    }

    private func stops(_ input: [UInt8], at kind: String?) -> Bool {
        // The input is tried in any case: one that traps ends the child here.
        let fault = fault(of: input).fault
        return kind != nil && fault.map(Finding.kind) == kind
    }

    /// Notes that an input is being tried, for the parent that watches.
    func begin(_ number: Int) {
        status.current = number
        status.hasBegun = true
    }

    private func report(_ fault: String, _ number: Int) {
        let line = fault.replacing("\n", with: " ")
        FileHandle.standardError.write(Data("FAULT \(number) \(line)\n".utf8))
    }

    /// Lets allocations fail that go beyond the limit. Where the system does not tell what is used, only the parent
    /// watches.
    func limitMemory() {
        guard let used = MemoryUse(of: "self")?.data else { return }
        let resource = __rlimit_resource_t(RLIMIT_DATA.rawValue)
        var limit = rlimit()
        getrlimit(resource, &limit)
        limit.rlim_cur = min(limit.rlim_max, rlim_t(used) + rlim_t(Self.memoryLimit))
        setrlimit(resource, &limit)
    }
}
