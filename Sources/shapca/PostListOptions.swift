import ArgumentParser
import Corpus
import Foundation

/// The options that say how a list of posts is laid out.
struct PostListOptions: ParsableArguments {
    @Option(help: "The format of --input; by the extension of the file, else jsonl, when not given.")
    var format: PostListFormat?

    @Option(help: .column("The column, or field, of the texts; \"text\" when not given."))
    var textColumn: String?

    @Option(help: .column("That of the paths of pictures; \"image\" when not given."))
    var imageColumn: String?

    @Option(help: .column("That of the contexts; \"context\" when not given."))
    var contextColumn: String?

    var columns: PostColumns { PostColumns(text: textColumn, image: imageColumn, context: contextColumn) }

    /// The format of an input.
    func format(of input: String?) -> PostListFormat {
        format ?? input.map { PostListFormat(of: URL(filePath: $0)) } ?? .jsonLines
    }

    /// - Throws: `ValidationError` for options that the input cannot follow.
    func check(input: String?) throws {
        if input == nil, format != nil || !columns.isUsual {
            throw ValidationError("--format and --text-column and its like need --input")
        }
        if !format(of: input).hasColumns, !columns.isUsual {
            throw ValidationError("lines of text have no columns to name; give --format csv or jsonl for others")
        }
    }
}

extension PostListFormat: ExpressibleByArgument {}

extension ArgumentHelp {
    fileprivate static func column(_ text: String) -> Self { ArgumentHelp(text, valueName: "name") }
}
