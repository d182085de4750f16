import ArgumentParser
import Support

/// `shapca`: multimodal information extraction.
@main
struct ShapCACommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapca",
        abstract: "Finds named entities, and relations between them, in posts and their pictures.",
        discussion: """
            Train a model on annotated posts, measure it, and use it on your own posts:

              shapca train Configurations/minilm/twitter2017.yaml --data twitter2017 --contexts contexts.jsonl \
            --output runs/mine
              shapca evaluate --model runs/mine/model --data twitter2017 --contexts contexts.jsonl
              shapca predict --model runs/mine/model --text "Rocky is ready for snow season" --image rocky.jpg

            Results go to standard output, everything else to standard error. The exit status is 0 for success, 1 for \
            a failure, 64 for a wrong command line and 130 after an interruption.
            """,
        version: packageVersion,
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, PredictCommand.self, ModelsCommand.self, ExportCommand.self,
            MergeCommand.self, ReportCommand.self, ReproduceCommand.self, DataCommand.self, ContextsCommand.self,
            ShapleyCommand.self, SystemCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Console.end(with: error, of: self)
        }
    }
}
