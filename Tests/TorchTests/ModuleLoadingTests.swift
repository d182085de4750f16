import Foundation
import Testing
import Torch

@Suite struct ModuleLoadingTests {
    private final class Network: Module {
        let first = Linear(2, 3)
        let second = Linear(3, 1, bias: false)
        let normalization = BatchNorm2d(2)
    }

    private func weights(_ network: Network) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: network.state().map { ($0.path, Tensor.randn($0.tensor.shape)) })
    }

    @Test func everythingIsCopiedAndStaysTrainable() throws {
        let network = Network()
        let weights = weights(network)
        try network.load(weights)
        for (path, tensor) in network.state() {
            #expect(tensor.floats() == weights[path]?.floats(), "\(path)")
            #expect(tensor.requiresGradient == !path.contains("running"))
        }
    }

    @Test func otherTypesAreConverted() throws {
        let network = Network()
        let weights = weights(network)
        try network.load(weights.mapValues { $0.to(.float64) })
        #expect(network.first.weight.dtype == .float32)
        #expect(network.first.weight.floats() == weights["first.weight"]?.floats())
        try network.load(weights.mapValues { $0.to(.bfloat16) })
        #expect(network.first.bias?.floats() == weights["first.bias"]?.to(.bfloat16).floats())
    }

    @Test func everyMisfitIsNamedAndNothingIsCopied() throws {
        let network = Network()
        let before = network.first.bias?.floats()
        var weights = weights(network)
        weights["frist.weight"] = weights.removeValue(forKey: "first.weight")
        weights["second.weight"] = Tensor.zeros([3, 1])
        weights["unrelated"] = Tensor.zeros([1])
        let mismatch = try #require(#expect(throws: WeightMismatch.self) { try network.load(weights) })
        #expect(mismatch.missing.map(\.path) == ["first.weight"])
        #expect(mismatch.missing.map(\.nearest) == ["frist.weight"])
        #expect(mismatch.unused == ["frist.weight", "unrelated"])
        #expect(mismatch.shapes.map(\.path) == ["second.weight"])
        let message = """
            the weights do not fit the model:
              missing first.weight (did you mean the unused key frist.weight?)
              not used: frist.weight
              not used: unrelated
              second.weight is [3, 1] in the weights but [1, 3] in the model
            """
        #expect(mismatch.description == message)
        #expect(network.first.bias?.floats() == before)
    }

    @Test(arguments: [DType.int8, .uint8, .int16, .int32, .int64, .bool])
    func weightsOfWholeNumbersAreRefused(dtype: DType) throws {
        let network = Network()
        let before = network.first.weight.floats()
        var weights = weights(network)
        weights["first.weight"] = weights["first.weight"]?.to(dtype)
        let file = URL(filePath: "/models/quantised.safetensors")
        let mismatch = #expect(throws: WeightMismatch.self) { try network.load(weights, file: file) }
        let message = """
            /models/quantised.safetensors: the weights do not fit the model:
              first.weight is of type \(dtype) in the weights; quantised weights are not read, only floating-point numbers
            """
        #expect(mismatch?.description == message)
        #expect(network.first.weight.floats() == before)
    }

    @Test func aDeferredModuleIsTheSameOnceItIsLoaded() throws {
        let network = try Initialization.deferred { Network() }
        let weights = weights(network)
        try network.load(weights)
        for (path, tensor) in network.state() {
            #expect(tensor.floats() == weights[path]?.floats(), "\(path)")
            #expect(tensor.requiresGradient == !path.contains("running"))
        }
        network.first.bias?.fill(7)
        #expect(network.first.weight.floats() == weights["first.weight"]?.floats())
        network.second(network.first(Tensor.ones([1, 2]))).sum().backward()
        #expect(network.first.weight.gradient?.shape == [3, 2])
        let optimizer = AdamW([AdamW.Group(network.parameters(), learningRate: 0.1)])
        try optimizer.step()
        #expect(network.second.weight.floats() != weights["second.weight"]?.floats())
    }

    /// 4 TB, and more elements than can be counted.
    @Test func sizesThatAreOnlyClaimedCostNothing() throws {
        let huge = try Initialization.deferred { Linear(1_000_000, 1_000_000) }
        #expect(huge.weight.shape == [1_000_000, 1_000_000])
        let weights = ["weight": Tensor.zeros([2, 2]), "bias": Tensor.zeros([2])]
        let mismatch = #expect(throws: WeightMismatch.self) { try huge.load(weights) }
        #expect(mismatch?.shapes.map(\.expected) == [[1_000_000, 1_000_000], [1_000_000]])
        #expect(throws: TorchError.self) { try Initialization.deferred { Linear(1 << 40, 1 << 40) } }
    }

    @Test func longListsAreCutShort() {
        let weights = Dictionary(uniqueKeysWithValues: (0..<40).map { ("key\($0)", Tensor.zeros([1])) })
        let mismatch = #expect(throws: WeightMismatch.self) { try Network().load(weights) }
        let lines = mismatch?.description.split(separator: "\n") ?? []
        #expect(lines.count == 14)
        #expect(lines.last == "  and 35 more")
    }

    @Test func twoKeysForOnePathAreAnError() {
        let network = Network()
        var weights = weights(network)
        weights["old.weight"] = Tensor.zeros([3, 2])
        let keyMap = KeyMap([("old", "first")])
        let mismatch = #expect(throws: WeightMismatch.self) { try network.load(weights, keyMap: keyMap) }
        #expect(mismatch?.unused == ["old.weight"])
    }

    @Test func keyMapsRenameOnTheWay() throws {
        let network = Network()
        let weights = weights(network)
        var foreign: [String: Tensor] = ["steps": Tensor.zeros([])]
        for (path, tensor) in weights {
            foreign[path.replacing("runningVariance", with: "running_var").replacing("first.", with: "fc.0.")] = tensor
        }
        let keyMap = KeyMap([
            ("fc.0", "first"), ("normalization.running_var", "normalization.runningVariance"), ("steps", .unused),
        ])
        try network.load(foreign, keyMap: keyMap)
        #expect(network.first.weight.floats() == weights["first.weight"]?.floats())
    }

    @Test(arguments: [
        ("layer.0.dense.weight", "blocks.0.linear.weight"),
        ("layer.12.dense.bias", "blocks.12.linear.bias"),
        ("layer.12.other.bias", "rest.12.other.bias"),
        ("layer.x.dense.bias", "layer.x.dense.bias"),
        ("layer.3.norm.4.weight", "norms.3.to.4.weight"),
        ("layers.0.dense", "layers.0.dense"),
        ("layer", "layer"),
        ("", ""),
        ("pooler.dense.weight", nil),
        ("poolers", "poolers"),
    ])
    func theLongestPatternWins(key: String, path: String?) {
        let keyMap = KeyMap([
            ("layer.*", "rest.*"), ("layer.*.dense", "blocks.*.linear"), ("layer.*.norm.*", "norms.*.to.*"),
            ("pooler", .unused),
        ])
        #expect(keyMap.path(for: key) == path)
        #expect(KeyMap.identity.path(for: key) == key)
    }

    @Test(arguments: [("sead", "seed"), ("alignment.metod", "alignment.method"), ("zzzzzzzzzz", nil), ("", nil)])
    func theNearestNameIsSuggested(name: String, expected: String?) {
        #expect(name.nearest(in: ["alignment.method", "batchSize", "seed"]) == expected)
    }
}
