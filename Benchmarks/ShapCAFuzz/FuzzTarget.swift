import Foundation

/// One reader under test: valid inputs, words that mean something to it, and the way to try an input on it.
struct FuzzTarget: Sendable {
    /// The name on the command line.
    let name: String
    /// What it reads, in a few words.
    let about: String
    /// Inputs that the reader accepts, made in code.
    let seeds: @Sendable () throws -> [[UInt8]]
    /// Words of the format, which the mutator puts in and exchanges.
    var dictionary: [String] = []
    /// The most runs of `all`, for a target whose inputs take long.
    var mostRuns = Int.max
    /// Makes a changed input well formed again where a checksum or a length would hide the change.
    var repair: @Sendable (inout [UInt8]) -> Void = { _ in }
    /// Tries an input in a folder that is the target's own.
    ///
    /// Returns where the input is accepted and what came out is sound. Throws the reader's own error where it is refused,
    /// and ``Fault`` where something is wrong.
    let attempt: @Sendable (_ input: [UInt8], _ folder: Scratch) throws -> Void
}

/// Something wrong that is not a trap: a message that no user should see, or a value that cannot be.
struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension FuzzTarget {
    /// Every target, in the order of `--list`.
    static let all: [FuzzTarget] =
        corpusTargets + captionTargets + contextTargets + weightTargets + languageTargets + subwordTargets
        + visionTargets
        + settingTargets + modelTargets

    /// The most runs of `all` for targets that decode pictures or open databases and models.
    static let slowRuns = 20_000

    /// The target of that name; nil where there is none.
    static func named(_ name: String) -> FuzzTarget? {
        (all + [faulty]).first { $0.name == name }
    }

    /// Tries an input and judges how it is refused: nil where all is well.
    func fault(of input: [UInt8], in folder: Scratch) -> (fault: String?, isAccepted: Bool) {
        do {
            try attempt(input, folder)
            return (nil, true)
        } catch let fault as Fault {
            return (fault.description, false)
        } catch {
            return (Messages.fault(of: error), false)
        }
    }
}
