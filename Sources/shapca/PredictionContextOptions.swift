import ArgumentParser
import Contexts
import Extraction

/// The options for contexts of posts that have none.
struct PredictionContextOptions: ParsableArguments {
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case openai, labels, none

        var kind: GeneratorKind? { GeneratorKind(rawValue: rawValue) }
    }

    @Option(
        help: """
            The generator of contexts for posts with a picture and no context; labels when not given, where the model \
            was trained with labels, else none.
            """)
    var contextGenerator: Choice?

    @Option(help: ArgumentHelp("The model's name on the server.", valueName: "name"))
    var contextModel: String?

    @OptionGroup(title: "Options of contexts") var options: GeneratorOptions

    func validate() throws {
        try options.validate(contextGenerator?.kind, model: contextModel, prefix: "context-")
    }

    /// The source of contexts for posts; nil for none.
    /// - Parameter model: says whether contexts are read, and which it was trained with.
    func contexts(for model: ModelConfiguration) throws -> DescribedContexts? {
        guard model.usesContext else {
            if contextGenerator?.kind != nil { throw ContextsAreNotRead() }
            return nil
        }
        let learnt = model.contextGenerator.flatMap(GeneratorKind.init)
        if contextGenerator == nil, let source = model.contextSource, learnt != .labels {
            Console.note(
                "pictures without a context get none; the model was trained with those of \(source), see --context-generator"
            )
        }
        guard let kind = contextGenerator.map(\.kind) ?? (learnt == .labels ? .labels : nil) else { return nil }
        return DescribedContexts(try describer(options.generator(kind, model: contextModel)))
    }

    private func describer(_ generator: some ContextGenerator) throws -> PictureDescriber {
        PictureDescriber(try options.runner(generator))
    }
}

private struct ContextsAreNotRead: Error, CustomStringConvertible {
    let description = "the model does not read contexts; remove --context-generator"
}
