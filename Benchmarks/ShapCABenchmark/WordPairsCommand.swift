import ArgumentParser
import Extraction
import Language
import Torch

/// Seconds of the word-pair layer alone, with its loss and every gradient, over random words.
struct WordPairsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "word-pairs")

    @Option(help: "Posts a batch.")
    var batch = 28

    @Option(help: "Words a post.")
    var length = 128

    @OptionGroup var measurement: Measurement

    func run() throws {
        Random.seed(1)
        let (width, labelCount) = (256, 26)
        let layer = WordPairLayer(
            width: width, partsOfSpeech: 50, labelCount: labelCount, dropout: 0.1, options: WordPairOptions())
        let posts = (0..<batch).map { _ in
            EncodedPost(
                sequence: TokenSequence(
                    ids: [Int](repeating: 7, count: length + 2), text: 1..<(length + 1),
                    pair: (length + 2)..<(length + 2), secondSegment: length + 2),
                wordStarts: Array(1..<(length + 1)),
                partsOfSpeech: (0..<length).map { _ in Int.random(in: 0...50) })
        }
        let words = Batch(posts, seen: posts.map { _ in [] }, pictures: nil, paddingID: 0, alignment: nil)
        let fused = Tensor.randn([batch, length, width]).requiringGradient()
        let gold = (0..<(batch * length * (length + 1) / 2)).map { _ in Int.random(in: 0..<labelCount) }
        try measurement.run("word-pairs") {
            for tensor in layer.parameters().map(\.tensor) + [fused] { tensor.gradient = nil }
            let loss = try withTorchErrors {
                let loss = withTrainingMode {
                    WordPairs(triangles: words).logProbabilities(fused, layer).negativeLogLikelihood(gold)
                }
                loss.backward()
                return loss
            }
            return ["loss": loss.item()]
        }
    }
}
