import Corpus
import Extraction
import Foundation
import Testing
import Torch

/// The word-pair layer against its plain form in PyTorch (`Fixtures/make_wordpairs.py`).
@Suite struct WordPairLayerTests {
    private static let lengths = [5, 1, 9]

    private struct Fixture {
        let tensors: [String: Tensor]

        init() throws {
            let file = Bundle.module.bundleURL.appending(path: "Fixtures/wordpairs.safetensors")
            tensors = try SafetensorsFile(at: file).tensors()
        }

        subscript(name: String) -> Tensor { tensors[name]! }

        func layer(contrast: Bool) throws -> WordPairLayer {
            var options = WordPairOptions()
            options.contrast = contrast
            options.weight = 0.7
            let layer = WordPairLayer(width: 16, partsOfSpeech: 12, labelCount: 7, dropout: 0.1, options: options)
            var weights: [String: Tensor] = [:]
            for (name, tensor) in tensors where name.hasPrefix("weights.") {
                let name = String(name.dropFirst("weights.".count))
                if contrast || !name.hasPrefix("textOutput") { weights[name] = tensor }
            }
            try layer.load(weights)
            return layer
        }

        /// Three posts without text or context, as far as the layer is concerned.
        func batch() -> Batch {
            let tags = self["tags"].ints()
            let posts = lengths.enumerated().map { index, words in
                EncodedPost(
                    sequence: OracleFixture.alone([Int](repeating: 7, count: words)),
                    wordStarts: Array(1..<(words + 1)),
                    partsOfSpeech: Array(tags[(index * 9)..<(index * 9 + words)]))
            }
            return Batch(posts, seen: [[], [], []], pictures: nil, paddingID: 0, alignment: nil)
        }
    }

    @Test(arguments: [true, false])
    func probabilitiesAndGradientsAreThoseOfThePlainForm(contrast: Bool) throws {
        let fixture = try Fixture()
        let layer = try fixture.layer(contrast: contrast)
        let variant = contrast ? "contrast" : "plain"
        let fused = (fixture["fused"] * 1).requiringGradient()
        let pairs = WordPairs(triangles: fixture.batch())
        let logs = pairs.logProbabilities(fused, layer)
        #expect((logs - fixture["\(variant).logs"]).abs().max().item() < 1e-5)
        let loss = logs.negativeLogLikelihood(fixture["labels"].ints())
        #expect(abs(loss.item() - fixture["\(variant).loss"].item()) < 1e-5)
        loss.backward()
        var checked = 0
        for (path, parameter) in layer.parameters() + [("fused", fused)] {
            let expected = fixture["\(variant).gradients.\(path)"]
            let found = try #require(parameter.gradient, "\(path)")
            let scale = expected.abs().max().item()
            #expect((found - expected).abs().max().item() <= 1e-4 * scale + 1e-8, "\(path)")
            checked += 1
        }
        #expect(checked == (contrast ? 13 : 11))
    }

    /// Parts of pairs are made one after another; their borders must not show.
    @Test(arguments: [0, 1, 1023, 1024, 1025, 3000])
    func pairScoresAreThoseOfAllPairsAtOnce(count: Int) {
        Random.seed(5)
        let left = Tensor.randn([40, 24]).requiringGradient()
        let right = Tensor.randn([30, 24]).requiringGradient()
        let weight = Tensor.randn([6, 24]).requiringGradient()
        let bias = Tensor.randn([6]).requiringGradient()
        let rows = Tensor((0..<count).map { $0 * 7 % 40 }, shape: [count])
        let columns = Tensor((0..<count).map { $0 * 11 % 30 }, shape: [count])
        let leaves = [left, right, weight, bias]
        func run(_ scores: Tensor) -> (Tensor, [Tensor]) {
            for leaf in leaves { leaf.gradient = nil }
            (scores * Tensor.arange(6, dtype: .float32)).sum().backward()
            return (scores.detached(), leaves.compactMap(\.gradient))
        }
        let (scores, gradients) = run(
            .pairScores(left: left, right: right, pairs: (rows, columns), weight: weight, bias: bias))
        let (expected, expectedGradients) = run(
            (left.indexSelect(0, rows) + right.indexSelect(0, columns)).gelu().linear(weight, bias))
        #expect(scores.shape == [count, 6])
        #expect(gradients.count == 4 && expectedGradients.count == 4)
        guard count > 0 else { return }
        #expect((scores - expected).abs().max().item() < 1e-4)
        for (found, expected) in zip(gradients, expectedGradients) {
            #expect((found - expected).abs().max().item() <= 1e-4 * expected.abs().max().item())
        }
    }

    /// Two posts, of two pairs and of one.
    @Test func likelihoodsAreTheMeanOfPairsOrTheMeanOverPostsOfTheirSums() {
        let logs = Tensor([-1, -2, -3, -0.5, -0.25, -4] as [Float], shape: [3, 2])
        let labels = [0, 1, 1]
        #expect(abs(logs.negativeLogLikelihood(labels, reduction: .mean, posts: 2).item() - 5.5 / 3) < 1e-6)
        #expect(abs(logs.negativeLogLikelihood(labels, reduction: .sum, posts: 2).item() - 5.5 / 2) < 1e-6)
        #expect(abs(logs.negativeLogLikelihood(labels).item() - 5.5 / 3) < 1e-6)
    }

    @Test func theLossOfABatchIsReducedAsTheOptionSays() throws {
        let fixture = try OracleFixture("direct")
        let batch = try fixture.batch(of: Array(0..<7))
        func loss(_ reduction: WordPairOptions.Reduction) throws -> Double {
            let model = fixture.fresh {
                $0.task = .joint
                $0.labels = LabelSet(entityTypes: ["LOC"], relationTypes: ["visits"])
                $0.wordPair.reduction = reduction
            }
            return try model.losses(batch, seed: 1).task.item()
        }
        let pairs = batch.wordCounts.reduce(0) { $0 + $1 * ($1 + 1) / 2 }
        let (mean, sum) = (try loss(.mean), try loss(.sum))
        #expect(abs(sum * 7 - mean * Double(pairs)) < 1e-3)
        #expect(sum > 2 * mean)
    }

    @Test func pairsBeyondTheRowsAreAnError() {
        let table = Tensor.randn([3, 4])
        let pairs = (Tensor([3], shape: [1]), Tensor([0], shape: [1]))
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                Tensor.pairScores(
                    left: table, right: table, pairs: pairs, weight: .randn([2, 4]), bias: .zeros([2]))
            }
        }
    }
}
