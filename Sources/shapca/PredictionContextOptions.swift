import ArgumentParser
import Contexts

/// What makes the contexts of posts that come without.
struct PredictionContextOptions: ParsableArguments {
    enum Choice: String, ExpressibleByArgument, CaseIterable { case openai, labels, none }

    @Option(help: "What makes the contexts of posts that have a picture and no context: openai, labels or none.")
    var contextGenerator = Choice.none

    @Option(help: ArgumentHelp("The name of the model that describes pictures.", valueName: "name"))
    var contextModel: String?

    @OptionGroup(title: "Options of contexts") var options: GeneratorOptions

    private var kind: GeneratorKind? { GeneratorKind(rawValue: contextGenerator.rawValue) }

    func validate() throws { try options.validate(kind, model: contextModel, prefix: "context-") }

    /// What gives posts their contexts; nil where nothing was asked for.
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
    let description = "the model does not read contexts; leave --context-generator away"
}
