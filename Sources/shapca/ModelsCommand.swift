import ArgumentParser
import Extraction

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models that --model can name.",
        discussion: """
            Models are found in the folders of SHAPCA_MODELS (separated by colons), in share/shapca/models where the \
            program is installed, in Models of the checkout where it was built, and in the cache. Of two models with one \
            name the first that is found is meant; a model named by a path needs a slash in it, as in ./model.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let report = ModelReport(ModelNames())
        if json { try Console.print(json: report) } else { try Console.print(report.description) }
    }
}
