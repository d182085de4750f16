/// Why a run cannot start, continue or be finished.
package enum RunError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The output folder holds another run.
    case occupied(path: String)
    /// Another program trains in the output folder.
    case inUse(path: String)
    /// There is nothing to resume.
    case nothingToResume(path: String)
    /// A run ended before the weights were saved that it starts from.
    case withoutStart(path: String)
    /// A run has ended, and its checkpoint names no best model.
    case withoutModel(path: String)
    /// The run to resume was started with other settings.
    case otherConfiguration(path: String, differences: [String])
    /// A file of the run cannot be written; earlier files are whole.
    case unwritable(path: String, reason: String)
    /// A file of the run cannot be read.
    case damaged(path: String, reason: String)
    /// The loss is not a number any more.
    case diverged(step: Int, checkpoint: String?)
    /// The user asked to stop; the state was saved.
    case interrupted(step: Int, path: String)
    /// The split has no posts to train on or to choose a model by.
    case emptySplit(String)
    /// The train split has none of what the task looks for.
    case nothingToLearn(what: String, dataset: String, findings: [String])

    package var description: String {
        switch self {
        case .occupied(let path):
            "\(path) already holds a run; continue it with --resume, or name another folder with --output"
        case .inUse(let path):
            "\(path) is in use by another program that trains; wait for its end, or name another folder with --output"
        case .withoutModel(let path):
            "\(path) has no best model, since no epoch was validated; start in another folder"
        case .withoutStart(let path):
            "\(path) was ended before it had saved the weights that it starts from; start again in another folder"
        case .nothingToResume(let path):
            "\(path) holds no run to resume; start without --resume, in another folder where parts of a run are left"
        case .otherConfiguration(let path, let differences):
            "\(path) was started with other settings (\(differences.joined(separator: "; "))); resume with the same ones"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason); earlier files are unharmed"
        case .damaged(let path, let reason): "\(path) cannot be read: \(reason)"
        case .diverged(let step, let checkpoint):
            "the loss is not a number at step \(step); lower the learning rates or use training.precision=fp32"
                + (checkpoint.map { " (the last checkpoint is \($0))" } ?? "")
        case .interrupted(let step, let path): "stopped after step \(step); continue with --resume --output \(path)"
        case .emptySplit(let name): "the split \(name) has no posts"
        case .nothingToLearn(let what, let dataset, let findings):
            "the train split of \(dataset) has no \(what); annotate \"\(what)\", or choose another task"
                + findings.map { "; \($0)" }.joined()
        }
    }
}
