import Testing
import Torch

@Suite struct ModuleTests {
    /// A block with a parameter of its own, a child and an optional one.
    private final class Block: Module {
        let scale = Tensor.ones([2]).requiringGradient()
        let inner: Linear
        let gate: Linear?
        let ignored = 3

        init(gated: Bool) {
            inner = Linear(3, 2)
            gate = gated ? Linear(1, 1, bias: false) : nil
        }
    }

    /// A block of another type, with a list of children and a private one.
    private final class WiderBlock: Module {
        let scale = Tensor.ones([2]).requiringGradient()
        let inner: [Linear]
        let shift: Tensor? = Tensor.zeros([4]).requiringGradient()
        private let hidden = LayerNorm(2)

        init() { inner = [Linear(3, 2)] }
    }

    private final class Network: Module {
        let blocks: [any Module]
        let head: any Module = Linear(1, 1)
        let normalization: BatchNorm2d? = BatchNorm2d(5)
        let dropout = Dropout(0.5)

        init(_ blocks: [any Module]) { self.blocks = blocks }
    }

    private func network() -> Network { Network([Block(gated: true), Block(gated: false), WiderBlock()]) }

    private static let paths = [
        "blocks.0.scale", "blocks.0.inner.weight", "blocks.0.inner.bias", "blocks.0.gate.weight",
        "blocks.1.scale", "blocks.1.inner.weight", "blocks.1.inner.bias",
        "blocks.2.scale", "blocks.2.inner.0.weight", "blocks.2.inner.0.bias", "blocks.2.shift",
        "blocks.2.hidden.weight", "blocks.2.hidden.bias", "head.weight", "head.bias",
        "normalization.weight", "normalization.bias",
    ]

    @Test func pathsAreThePropertyNamesInOrder() {
        let network = network()
        #expect(network.parameters().map(\.path) == Self.paths)
        #expect(network.buffers().map(\.path) == ["normalization.runningMean", "normalization.runningVariance"])
        #expect(network.state().map(\.path) == Self.paths + network.buffers().map(\.path))
        #expect(network.parameterCount() == 2 + 6 + 2 + 1 + 2 + 6 + 2 + 2 + 6 + 2 + 4 + 2 + 2 + 1 + 1 + 5 + 5)
    }

    @Test func parametersAreTheTensorsThemselves() {
        let network = network()
        network.parameters().first { $0.path == "blocks.2.shift" }?.tensor.fill(7)
        #expect((network.blocks[2] as? WiderBlock)?.shift?.floats() == [7, 7, 7, 7])
    }

    @Test func trainingReachesEveryPartWithinItsScope() {
        struct OwnError: Error {}
        let network = network()
        let parts: [any Module] = [network, network.dropout, network.head] + network.blocks
        #expect(parts.allSatisfy { !$0.isTraining })
        withTrainingMode {
            #expect(parts.allSatisfy { $0.isTraining })
            withTrainingMode(false) { #expect(parts.allSatisfy { !$0.isTraining }) }
            #expect(parts.allSatisfy { $0.isTraining })
        }
        #expect(throws: OwnError.self) { try withTrainingMode { throw OwnError() } }
        #expect(parts.allSatisfy { !$0.isTraining })
    }

    @Test func frozenModulesGetNoGradients() {
        let network = network()
        network.blocks[0].freeze()
        #expect(
            network.parameters().filter { $0.tensor.requiresGradient }.map(\.path) == Array(Self.paths.dropFirst(4)))
        network.freeze(false)
        #expect(network.parameters().allSatisfy { $0.tensor.requiresGradient })
        #expect(network.buffers().allSatisfy { !$0.tensor.requiresGradient })
    }

    @Test func movingKeepsTheTensors() {
        let network = network()
        let before = network.parameters()
        network.move(to: .cpu)
        #expect(zip(before, network.parameters()).allSatisfy { $0.tensor === $1.tensor })
        #expect(network.parameters().allSatisfy { $0.tensor.device == .cpu && $0.tensor.requiresGradient })
    }

    @Test func batchNormalizationLearnsStatisticsInTrainingOnly() {
        let layer = BatchNorm2d(3, momentum: 0.5)
        let x = Tensor.randn([4, 3, 5, 5]) * 2 + 1
        #expect((layer(x) - x).abs().max().item() < 1e-3)
        #expect(layer.runningMean.tensor.floats() == [0, 0, 0])
        let normalized = withTrainingMode { layer(x) }
        #expect(normalized.mean(0, 2, 3).abs().max().item() < 1e-5)
        let expected = x.mean(0, 2, 3) * 0.5
        #expect((layer.runningMean.tensor - expected).abs().max().item() < 1e-5)
    }

    @Test func embeddingsKeepTheirPaddingRowAtZero() throws {
        let table = Embedding(5, 3, paddingIndex: 2)
        #expect(table.weight.select(0, 2).floats() == [0, 0, 0])
        #expect(table.weight.requiresGradient)
        table(Tensor([2, 1, 2], shape: [3])).sum().backward()
        #expect(try #require(table.weight.gradient).sum(1).floats() == [0, 3, 0, 0, 0])
    }

    @Test func deferredInitializationLeavesZeros() throws {
        let layer = try Initialization.deferred { Linear(4, 4) }
        #expect(layer.weight.floats().allSatisfy { $0 == 0 } && layer.weight.requiresGradient)
        #expect(Linear(4, 4).weight.floats().contains { $0 != 0 })
        let bound = Linear(16, 100).weight.abs().max().item()
        #expect(bound <= 0.25 && bound > 0.2)
    }
}
