import Foundation
import Language
import TestSupport
import Testing
import Torch

@Suite struct AddedTokensTests {
    private static let names = ["roberta", "mpnet-masked-lm", "electra", "modernbert", "deberta"]

    private func oracle(_ name: String) throws -> TextEncoderOracle.Case {
        try #require(TextEncoderOracle.load().cases[name])
    }

    /// What an encoder says of the tokens that it knew stays the same, to the bit.
    @Test(arguments: names)
    func knownTokensStayAsTheyWere(name: String) throws {
        let oracle = try oracle(name)
        let encoder = try oracle.makeEncoder()
        let larger = try encoder.addingTokens(3)
        #expect(larger.vocabularySize == encoder.vocabularySize + 3)
        #expect(larger.configuration.kind == encoder.configuration.kind)
        let known = try oracle.hidden(encoder).floats()
        #expect(try oracle.hidden(larger).floats() == known)
        #expect(larger.parameters().map(\.path) == encoder.parameters().map(\.path))
    }

    @Test(arguments: names)
    func newTokensAreLikeTheOthersAndLearn(name: String) throws {
        let oracle = try oracle(name)
        Random.seed(5)
        let encoder = try oracle.makeEncoder()
        let larger = try encoder.addingTokens(400)
        let table = try #require(larger.parameters().first { $0.path == "embeddings.words.weight" }).tensor
        let (count, width) = (encoder.vocabularySize, table.size(1))
        #expect(table.shape == [count + 400, width])
        let (known, fresh) = (
            table.narrow(0, start: 0, length: count), table.narrow(0, start: count, length: 400)
        )
        #expect((known.mean(0) - fresh.mean(0)).abs().max().item() < 0.2)
        #expect(abs(known.squared().mean().item() / fresh.squared().mean().item() - 1) < 0.2)
        #expect(Set(fresh.floats()).count > 300 * width)

        let ids = Tensor([5, count + 2, 6, count + 399], shape: [1, 4])
        let segments = Tensor([0, 0, 0, 0], shape: [1, 4])
        let hidden = try withTorchErrors { larger(tokenIDs: ids, segmentIDs: segments, attentionMask: nil) }
        (hidden * hidden * hidden).sum().backward()
        let gradient = try #require(table.gradient)
        let moved = gradient.abs().sum(1).floats().enumerated().filter { $0.element > 0 }.map(\.offset)
        #expect(moved == [5, 6, count + 2, count + 399])
    }

    @Test func frozenParametersStayFrozen() throws {
        let encoder = try oracle("roberta").makeEncoder()
        encoder.freeze()
        #expect(try encoder.addingTokens(2).parameters().allSatisfy { !$0.tensor.requiresGradient })
        encoder.freeze(false)
        #expect(try encoder.addingTokens(2).parameters().allSatisfy(\.tensor.requiresGradient))
    }

    /// The configuration says the number of rows, so that saved weights fit it.
    @Test func theConfigurationKnowsTheNewTokens() throws {
        let larger = try oracle("deberta").makeEncoder().addingTokens(2)
        let json = try JSONEncoder().encode(larger.configuration)
        let configuration = try JSONDecoder().decode(TextEncoderConfiguration.self, from: json)
        let again = try Initialization.deferred { configuration.makeEncoder() }
        try again.load(Dictionary(uniqueKeysWithValues: larger.state().map { ($0.path, $0.tensor) }))
        #expect(again.vocabularySize == 32)
    }
}
