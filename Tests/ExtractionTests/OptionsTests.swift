import Extraction
import Foundation
import Testing

/// The options of a model as JSON: those of this version, and those that model folders of earlier versions hold.
@Suite struct OptionsTests {
    private static let earlierAlignment = """
        {"alpha": 0.3, "beta": 0.5, "encoding": "separate", "estimator": "cyclic", "method": "infonce", "negatives": "mean",
         "pooling": "cls", "projection": "perceptron", "samples": 5, "temperature": 0.25, "via": "direct"}
        """
    private static let earlierFusion = #"{"attention": "return", "gate": "none", "heads": 4, "width": 64}"#
    private static let earlierWordPair = #"{"contrast": false, "weight": 0.5}"#

    private func read<Options: Decodable>(_ type: Options.Type, _ json: String) throws -> Options {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    private func written(_ options: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(options), as: UTF8.self)
    }

    @Test func optionsOfEarlierVersionsAreReadWithWhatIsNewSwitchedOff() throws {
        var alignment = Extraction.AlignmentOptions()
        (alignment.alpha, alignment.beta, alignment.samples, alignment.temperature) = (0.3, 0.5, 5, 0.25)
        (alignment.method, alignment.via, alignment.estimator) = (.infonce, .direct, .cyclic)
        (alignment.encoding, alignment.pooling, alignment.projection) = (.separate, .cls, .perceptron)
        (alignment.negatives, alignment.shared, alignment.players) = (.mean, false, .labelled)
        #expect(try read(Extraction.AlignmentOptions.self, Self.earlierAlignment) == alignment)
        var fusion = FusionOptions()
        (fusion.attention, fusion.gate, fusion.heads, fusion.width) = (.return, .none, 4, 64)
        fusion.paths = .picture
        #expect(try read(FusionOptions.self, Self.earlierFusion) == fusion)
        var wordPair = WordPairOptions()
        (wordPair.contrast, wordPair.weight, wordPair.reduction) = (false, 0.5, .mean)
        #expect(try read(WordPairOptions.self, Self.earlierWordPair) == wordPair)
    }

    @Test func everyOptionComesBack() throws {
        for shared in [true, false] {
            for players in Extraction.AlignmentOptions.PlayerSource.allCases {
                var alignment = Extraction.AlignmentOptions()
                (alignment.shared, alignment.players, alignment.negatives) = (shared, players, .sum)
                #expect(try read(Extraction.AlignmentOptions.self, written(alignment)) == alignment)
            }
        }
        for paths in FusionOptions.Paths.allCases {
            var fusion = FusionOptions()
            fusion.paths = paths
            #expect(try read(FusionOptions.self, written(fusion)) == fusion)
        }
        for reduction in WordPairOptions.Reduction.allCases {
            var wordPair = WordPairOptions()
            wordPair.reduction = reduction
            #expect(try read(WordPairOptions.self, written(wordPair)) == wordPair)
        }
    }

    /// What a model cannot be built without is not guessed.
    @Test(arguments: [
        "alpha", "beta", "encoding", "estimator", "method", "negatives", "pooling", "projection", "samples",
        "temperature", "via",
    ])
    func anAlignmentWithoutWhatEarlierVersionsHadIsAnError(key: String) throws {
        let without = Self.earlierAlignment.replacing("\"\(key)\"", with: "\"not \(key)\"")
        #expect(without != Self.earlierAlignment)
        #expect(throws: DecodingError.self) { try read(Extraction.AlignmentOptions.self, without) }
    }

    @Test(arguments: ["attention", "gate", "heads", "width"])
    func aFusionWithoutWhatEarlierVersionsHadIsAnError(key: String) throws {
        let without = Self.earlierFusion.replacing("\"\(key)\"", with: "\"not \(key)\"")
        #expect(without != Self.earlierFusion)
        #expect(throws: DecodingError.self) { try read(FusionOptions.self, without) }
    }

    @Test(arguments: ["contrast", "weight"])
    func wordPairsWithoutWhatEarlierVersionsHadAreAnError(key: String) throws {
        let without = Self.earlierWordPair.replacing("\"\(key)\"", with: "\"not \(key)\"")
        #expect(without != Self.earlierWordPair)
        #expect(throws: DecodingError.self) { try read(WordPairOptions.self, without) }
    }

    @Test func valuesThatNoVersionHasAreErrors() {
        let alignment = Self.earlierAlignment.dropLast() + #", "players": "everybody"}"#
        #expect(throws: DecodingError.self) { try read(Extraction.AlignmentOptions.self, String(alignment)) }
        let fusion = Self.earlierFusion.dropLast() + #", "paths": "maybe"}"#
        #expect(throws: DecodingError.self) { try read(FusionOptions.self, String(fusion)) }
        let wordPair = Self.earlierWordPair.dropLast() + #", "reduction": "median"}"#
        #expect(throws: DecodingError.self) { try read(WordPairOptions.self, String(wordPair)) }
    }
}
