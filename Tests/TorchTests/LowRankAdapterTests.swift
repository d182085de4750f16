import Support
import TestSupport
import Testing
import Torch

@Suite struct LowRankAdapterTests {
    private final class Network: Module {
        let first: Linear
        let second: Linear
        let table: Embedding

        init(bias: Bool = true) {
            first = Linear(33, 20, bias: bias)
            second = Linear(20, 7, bias: bias)
            table = Embedding(9, 5)
        }
    }

    private static let options = LowRankAdapter.Options(rank: 3, alpha: 6)

    /// A layer with an adapter that changes something.
    private static func adapted(bias: Bool, dropout: Double = 0) -> (layer: Linear, adapter: [String: Tensor]) {
        let layer = Linear(33, 20, bias: bias)
        layer.adapt(LowRankAdapter.Options(rank: 3, alpha: 6, dropout: dropout))
        let parameters = Dictionary(uniqueKeysWithValues: layer.parameters().map { ($0.path, $0.tensor) })
        parameters["adapter.up"]?.fillNormal(deviation: 1)
        return (layer, parameters)
    }

    /// What the paper writes, with operators of the engine.
    private static func expected(_ x: Tensor, _ parameters: [String: Tensor]) throws -> Tensor {
        let (weight, down) = (try #require(parameters["weight"]), try #require(parameters["adapter.down"]))
        let up = try #require(parameters["adapter.up"])
        let flat = x.reshaped([-1, 33])
        let own = flat.matmul(weight.transposed()) + flat.matmul(down.transposed()).matmul(up.transposed()) * 2
        return (parameters["bias"].map { own + $0 } ?? own).reshaped(x.shape.dropLast() + [20])
    }

    @Test(arguments: [[1], [3], [16], [4, 8], [2, 3, 50], [1100]], ProductEngine.available)
    func valueAndGradientsAreThoseOfTheProducts(rows: [Int], engine: ProductEngine) throws {
        KernelChoice(engine).use()
        defer { KernelChoice.unmeasured.use() }
        for hasBias in [true, false] {
            Random.seed(4)
            let (layer, parameters) = Self.adapted(bias: hasBias)
            let wide = Tensor.randn(rows + [35]).requiringGradient()
            let learning = [wide] + ["adapter.down", "adapter.up"].compactMap { parameters[$0] }
            let direction = Tensor.randn(rows + [20])
            func results(_ output: Tensor) throws -> [Tensor] {
                for tensor in learning { tensor.gradient = nil }
                (output * direction).sum().backward()
                return try [output.detached()] + learning.map { try #require($0.gradient).cloned() }
            }
            let x = wide.narrow(-1, start: 1, length: 33)
            let found = try results(layer(x))
            let expected = try results(Self.expected(x, parameters))
            for (found, expected) in zip(found, expected) {
                #expect(found.shape == expected.shape)
                let scale = max(1, expected.abs().max().item())
                #expect((found - expected).abs().max().item() < 2e-5 * scale)
            }
            #expect(parameters["weight"]?.gradient == nil && parameters["bias"]?.gradient == nil)
        }
    }

    @Test func dropoutThinsWhatTheAdapterReadsAlone() throws {
        Random.seed(9)
        let (layer, parameters) = Self.adapted(bias: true, dropout: 0.5)
        let x = Tensor.ones([400, 33]).requiringGradient()
        let inUse = layer(x)
        #expect((inUse - (try Self.expected(x, parameters))).abs().max().item() < 1e-4)
        let output = withTrainingMode { layer(x) }
        // What is added has the mean of what is added in use, row by row another one.
        let plain = x.linear(try #require(parameters["weight"]), parameters["bias"])
        let (added, mean) = ((output - plain).mean(0), (inUse - plain).mean(0))
        #expect((added - mean).abs().max().item() < 0.3 && (output - inUse).abs().max().item() > 0.3)
        output.sum().backward()
        let own = try #require(parameters["weight"]).sum(0)
        let gradient = try #require(x.gradient)
        // Where an input is dropped, only the layer itself has a gradient.
        let untouched = ((gradient - own).abs() .< 1e-4).to(.float32).mean().item()
        #expect(abs(untouched - 0.5) < 0.05)
        #expect(parameters["adapter.down"]?.gradient != nil && parameters["adapter.up"]?.gradient != nil)
    }

    @Test func inputsWithoutGradientGetNone() throws {
        let (layer, parameters) = Self.adapted(bias: true)
        let x = Tensor.randn([30, 33])
        layer(x).sum().backward()
        #expect(x.gradient == nil && parameters["adapter.down"]?.gradient != nil)
        #expect(withoutGradients { layer(x) }.requiresGradient == false)
    }

    @Test func pathsAreAsBeforeWithoutAnAdapter() throws {
        let network = Network()
        let paths = ["first.weight", "first.bias", "second.weight", "second.bias", "table.weight"]
        #expect(network.state().map(\.path) == paths)
        network.second.adapt(Self.options)
        #expect(
            network.parameters().map(\.path) == [
                "first.weight", "first.bias", "second.weight", "second.bias", "second.adapter.down",
                "second.adapter.up", "table.weight",
            ])
        #expect(network.trainedCount() == 33 * 20 + 20 + 3 * 20 + 7 * 3 + 45)
        network.second.mergeAdapter()
        #expect(network.state().map(\.path) == paths)
    }

    @Test func mergingPackingAndQuantisingKeepWhatWasLearnt() throws {
        for hasBias in [true, false] {
            Random.seed(8)
            let (layer, parameters) = Self.adapted(bias: hasBias)
            let x = Tensor.randn([50, 33])
            let expected = try Self.expected(x, parameters)
            let output = withoutGradients { layer(x) }
            #expect((output - expected).abs().max().item() < 1e-4)
            try layer.packLinearLayers([LinearShape(inputs: 33, outputs: 20): .oneDNNPacked])
            #expect(withoutGradients { (layer(x) - expected).abs().max().item() } < 1e-4)
            let merged = Self.adapted(bias: hasBias)
            merged.layer.mergeAdapter()
            #expect(merged.layer.parameters().count == (hasBias ? 2 : 1))
        }
        Random.seed(8)
        let (layer, parameters) = Self.adapted(bias: true)
        let x = Tensor.randn([50, 33])
        let expected = try Self.expected(x, parameters)
        try layer.quantizeLinearLayers()
        let largest = expected.abs().max().item()
        #expect(withoutGradients { (layer(x) - expected).abs().max().item() } < 0.05 * largest)
    }

    @Test func anUnfrozenLayerIsNotAdapted() throws {
        let (layer, _) = Self.adapted(bias: true)
        layer.weight.requiringGradient()
        let error = #expect(throws: TorchError.self) { try withTorchErrors { layer(Tensor.randn([20, 33])) } }
        #expect(error?.message.contains("must be frozen") == true)
    }

    @Test func onlyTheTrainedRowsOfATableLearn() throws {
        let table = Network().table
        let before = table.weight.floats()
        table.trainOnly(rows: [7, 2])
        let parameters = Dictionary(uniqueKeysWithValues: table.parameters().map { ($0.path, $0.tensor) })
        let rows = try #require(parameters["trained.vectors"])
        #expect(Set(parameters.keys) == ["weight", "trained.vectors"] && rows.shape == [2, 5])
        let indices = Tensor([2, 3, 7, 7], shape: [2, 2])
        let vectors = table(indices)
        let expected: [Float] = [2, 3, 7, 7].flatMap { row in Array(before[(5 * row)..<(5 * row + 5)]) }
        #expect(vectors.floats() == expected)
        vectors.sum().backward()
        let gradient = [Float](repeating: 2, count: 5) + [Float](repeating: 1, count: 5)
        #expect(rows.gradient?.floats() == gradient)
        #expect(parameters["weight"]?.gradient == nil)
        rows.fill(4)
        table.mergeRows()
        var after = before
        for row in [7, 2] { for column in 0..<5 { after[5 * row + column] = 4 } }
        #expect(table.weight.floats() == after && table.parameters().map(\.path) == ["weight"])
    }

    @Test func keysOfPathsAreTheOtherDirectionOfPathsOfKeys() {
        let map = KeyMap([
            ("encoder.layer.*.output.dense", "layers.*.output"), ("encoder.layer.*.output", "layers.*.last"),
            ("vision.encoder.layer.*.output.dense", "layers.*.output"), ("head", .unused),
            ("conv.conv", "convolution"), ("conv.norm", "convolution.normalization"),
        ])
        let pairs = [
            ("encoder.layer.3.output.dense.weight", "layers.3.output.weight"), ("words.weight", "words.weight"),
            ("conv.norm.bias", "convolution.normalization.bias"), ("conv.conv.bias", "convolution.bias"),
        ]
        for (key, path) in pairs {
            #expect(map.key(for: path) == key)
            #expect(map.path(for: key) == path)
        }
    }
}
