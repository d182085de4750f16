import ArgumentParser

/// `shapca-bench`: the measurements that `Benchmarks/run.py` takes beside the PyTorch peer.
///
/// Every mode writes JSON lines: `ready` after its warm-up, a `measurement` for each line read on standard input (with
/// `--driven`) or for each of `--repeats`, and a `summary`.
@main
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapca-bench", abstract: "Measure training steps, predictions and the alignment.",
        subcommands: [
            TrainStepCommand.self, LinearCommand.self, WordPairsCommand.self, AlignmentCommand.self,
            EstimatorsCommand.self, LanguageCommand.self, PredictCommand.self, EpochCommand.self,
        ])
}
