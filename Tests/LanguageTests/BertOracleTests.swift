import Foundation
import Language
import TestSupport
import Testing
import Torch

@Suite struct BertOracleTests {
    /// What `transformers` computes for a batch; `Fixtures/make_bert_fixtures.py` asked it.
    private struct Case: Decodable {
        let shape: [Int]
        let tokenIDs: [Int]
        let segmentIDs: [Int]
        let mask: [Int]
        /// Places in the flattened hidden states, and what stands there.
        let indices: [Int]
        let values: [Float]

        func expectAgreement(with model: any TextEncoder, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let hidden = try withTorchErrors {
                withoutGradients {
                    model(
                        tokenIDs: Tensor(tokenIDs, shape: shape), segmentIDs: Tensor(segmentIDs, shape: shape),
                        attentionMask: Tensor(mask.map { $0 == 1 }, shape: shape))
                }
            }
            #expect(hidden.shape == shape + [model.width], sourceLocation: sourceLocation)
            let found = hidden.floats()
            let error = zip(indices, values).map { abs(found[$0] - $1) }.max() ?? .infinity
            #expect(error < 1e-4, sourceLocation: sourceLocation)
        }
    }

    private struct Fixture: Decodable {
        let baseShapes: [String: [Int]]
        let cases: [String: Case]
    }

    private let fixture: Fixture

    init() throws {
        fixture = try TokenizerOracle.fixture("bert-hidden-states.json")
    }

    @Test func miniLMAgreesWithTransformers() throws {
        try #require(fixture.cases["minilm"]).expectAgreement(with: loadTextEncoder(folder: ModelCache.miniLM))
    }

    @Test func aBaseSizedEncoderAgreesWithTransformers() throws {
        var base: BertConfiguration = try TokenizerOracle.fixture("bert-legacy/config.json")
        base.vocabularySize = 30522
        base.hiddenSize = 768
        base.layerCount = 12
        base.headCount = 12
        base.intermediateSize = 3072
        base.maximumPositions = 512
        let model = try Initialization.deferred { TextEncoderConfiguration.bert(base).makeEncoder() }
        #expect(model.parameterCount() == 108_891_648)
        let weights = fixture.baseShapes.map { name, shape in
            (name, Tensor(DeterministicWeights.values(named: name, shape: shape), shape: shape))
        }
        try model.load(published: Dictionary(uniqueKeysWithValues: weights))
        try #require(fixture.cases["base"]).expectAgreement(with: model)
    }

    /// Prefixes, heads, other activations, `.bin` files new and old, and TensorFlow's names.
    @Test(arguments: ["bert-pretraining", "bert-classifier", "bert-legacy"])
    func foldersAsTransformersSavesThem(name: String) throws {
        let model = try loadTextEncoder(folder: TokenizerOracle.url(name))
        try #require(fixture.cases[name]).expectAgreement(with: model)
    }
}
