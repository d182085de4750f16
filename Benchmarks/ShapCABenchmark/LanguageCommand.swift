import ArgumentParser
import Corpus
import Extraction
import Foundation
import Language

/// Words a second of what turns posts into the text encoder's input, on one thread: the tokenizer or the tagger.
struct LanguageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "language")

    enum Part: String, ExpressibleByArgument { case tokenizer, tagger }

    @Argument(help: "tokenizer or tagger.")
    var part: Part

    @Option(help: "JSON lines of posts.")
    var input: String

    @OptionGroup var measurement: Measurement

    func run() throws {
        let splitter = PostSplitter()
        let words = try JSONLinesReader(URL(filePath: input)).posts().map { post in
            switch post.content {
            case .tokens(let tokens): tokens
            case .text(let text): splitter(text).map(\.text)
            }
        }
        let count = Double(words.reduce(0) { $0 + $1.count })
        let folder = try FetchedModels.resolve("minilm-l6-v2")
        let tokenizer = try loadTokenizer(folder: folder, for: TextEncoderConfiguration(folder: folder))
        let tagger = try PartOfSpeechTagger(folder: FetchedModels.tagger)
        let clock = ContinuousClock()
        try measurement.run("language", ["part": part.rawValue]) {
            let start = clock.now
            let results =
                switch part {
                case .tokenizer: words.reduce(0) { $0 + tokenizer.encode(words: $1).count }
                case .tagger: try tagger(words).reduce(0) { $0 + $1.count }
                }
            return ["wordsPerSecond": count / ((clock.now - start) / .seconds(1)), "results": Double(results)]
        }
    }
}
