import Foundation
import Support

/// The work of a child that libFuzzer guides: half of the changes are those of ``Mutator``, half its own.
struct GuidedChild {
    private let child: FuzzChild
    private let dictionary: [[UInt8]]
    private let folder: Scratch
    private var told: Set<String> = []
    private var number = 0

    /// The input that is being tried, in the folder of a child.
    static let currentInput = "current"
    /// Inputs with faults that the child has survived, in the folder of a child.
    static let faults = "faults"
    /// The largest input that is made.
    static let largest = 1 << 16

    /// libFuzzer calls plain functions: one child is all that a process has.
    nonisolated(unsafe) private static var running: GuidedChild?

    private init(_ target: FuzzTarget, folder: Scratch) throws {
        child = try FuzzChild(target, status: folder["status"])
        dictionary = target.dictionary.map { Array($0.utf8) }
        self.folder = folder
        try folder.makeFolder(Self.faults)
    }

    /// Tries inputs for a time.
    /// - Parameters:
    ///   - folder: where the current input, those with faults, and the dictionary are.
    ///   - corpus: the inputs to begin with; each that reaches new code is added.
    static func run(_ target: FuzzTarget, folder: Scratch, corpus: URL, seconds: Int, seed: UInt64) throws -> CInt {
        running = try GuidedChild(target, folder: folder)
        let words = target.dictionary.map { word in
            "\"\(word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())\""
        }
        try folder.write(Array(words.joined(separator: "\n").utf8), to: "dictionary")
        // What a signal or a hang ends is told from outside, as of every other child.
        let signals = ["segv", "bus", "abrt", "ill", "fpe", "int", "term", "xfsz", "usr1", "usr2"]
        running?.child.limitMemory()
        return LibFuzzer.run(
            [
                corpus.path, "-dict=\(folder["dictionary"].path)", "-max_total_time=\(seconds)",
                "-seed=\(UInt32(truncatingIfNeeded: seed))", "-max_len=\(largest)", "-rss_limit_mb=0", "-timeout=0",
                "-print_final_stats=1",
            ] + signals.map { "-handle_\($0)=0" }
        ) { data, count in
            GuidedChild.running?.attempt(Array(UnsafeBufferPointer(start: data, count: count)))
            return 0
        }
    }

    private mutating func attempt(_ input: [UInt8]) {
        number += 1
        _ = try? folder.write(input, to: Self.currentInput)
        child.begin(number)
        let (fault, isAccepted) = child.fault(of: input)
        if isAccepted { child.status.accepted += 1 }
        guard let fault, told.insert(Finding.kind(of: fault)).inserted else { return }
        _ = try? folder.write(input, to: "\(Self.faults)/\(number)")
    }

    /// Changes an input in place.
    fileprivate static func change(_ data: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int, seed: UInt64) -> Int
    {
        var generator = SplitMix64(seed: seed, stream: 0)
        guard let running, count > 0, generator.index(below: 2) == 0 else {
            return LibFuzzer.mutate(data, count: count, capacity: capacity)
        }
        let input = Array(UnsafeBufferPointer(start: data, count: count))
        var mutator = Mutator(generator: generator, seeds: [input], dictionary: running.dictionary)
        var changed = mutator.input()
        if mutator.generator.index(below: 2) == 0 { running.child.target.repair(&changed) }
        let written = min(changed.count, capacity)
        changed.withUnsafeBufferPointer { if written > 0 { data.update(from: $0.baseAddress!, count: written) } }
        return written
    }
}

/// The mutator that libFuzzer looks for by name.
@_cdecl("LLVMFuzzerCustomMutator")
func changeInput(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: CUnsignedInt) -> Int {
    GuidedChild.change(data, count: count, capacity: capacity, seed: UInt64(seed))
}
