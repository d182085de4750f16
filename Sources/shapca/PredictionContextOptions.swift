import ArgumentParser
import Contexts

/// The options for contexts of posts that have none.
struct PredictionContextOptions: ParsableArguments {
    enum Choice: String, ExpressibleByArgument, CaseIterable { case openai, labels, none }

    @Option(help: "The generator of contexts for posts with a picture and no context.")
    var contextGenerator = Choice.none

    @Option(help: ArgumentHelp("The model's name on the server.", valueName: "name"))
    var contextModel: String?

    @OptionGroup(title: "Options of contexts") var options: GeneratorOptions

    private var kind: GeneratorKind? { GeneratorKind(rawValue: contextGenerator.rawValue) }

    func validate() throws { try options.validate(kind, model: contextModel, prefix: "context-") }

    /// The source of contexts for posts; nil for none.
    /// - Parameter isRead: whether the model reads contexts at all.
    func contexts(isRead: Bool) throws -> DescribedContexts? {
        guard let kind else { return nil }
        guard isRead else { throw ContextsAreNotRead() }
        return DescribedContexts(try describer(options.generator(kind, model: contextModel)))
    }

    private func describer(_ generator: some ContextGenerator) throws -> PictureDescriber {
        PictureDescriber(try options.runner(generator))
    }
}

private struct ContextsAreNotRead: Error, CustomStringConvertible {
    let description = "the model does not read contexts; remove --context-generator"
}
