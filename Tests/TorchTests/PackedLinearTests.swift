import TestSupport
import Testing
import Torch

/// Layers whose weights are laid out for an engine compute what they computed before.
@Suite("Packed layers")
struct PackedLinearTests {
    private final class Layers: Module {
        let first: Linear
        let second: Linear

        init(bias: Bool) {
            first = Linear(33, 20, bias: bias)
            second = Linear(20, 7, bias: bias)
        }
    }

    private static let first = LinearShape(inputs: 33, outputs: 20)

    private static let engines = ProductEngine.available.filter(\.isOfPackedWeights)

    @Test(
        "A packed layer gives the same outputs, whatever the rows",
        arguments: [[], [1], [2], [15], [16], [97], [3, 5], [2, 1, 4], [0]], engines)
    func outputs(rows: [Int], engine: ProductEngine) throws {
        for hasBias in [true, false] {
            Random.seed(3)
            let layers = Layers(bias: hasBias)
            let wide = Tensor.randn(rows + [35])
            for x in [wide.narrow(-1, start: 1, length: 33), Tensor.randn(rows + [33])] {
                let before = withoutGradients { layers.first(x) }
                let packed = Layers(bias: hasBias)
                for (copy, original) in zip(packed.parameters(), layers.parameters()) {
                    withoutGradients { copy.tensor.adopt(original.tensor) }
                }
                try packed.packLinearLayers([Self.first: engine])
                let after = withoutGradients { packed.first(x) }
                #expect(after.shape == before.shape)
                if before.count > 0 { #expect((after - before).abs().max().item() < 1e-5) }
            }
        }
    }

    @Test(
        "Only layers of the given sizes are packed, once; they keep their size and give up their memory",
        arguments: engines)
    func selection(engine: ProductEngine) throws {
        let layers = Layers(bias: true)
        let second = layers.second.weight.floats()
        for _ in 0..<2 { try layers.packLinearLayers([Self.first: engine]) }
        #expect(layers.linearShapes() == [LinearShape(inputs: 20, outputs: 7): 1])
        #expect(layers.first.weight.shape == [20, 33])
        let notWeights = layers.first.weight.floats()
        #expect(notWeights.allSatisfy { $0.isNaN }, "nothing reads them as if they were weights")
        #expect(layers.second.weight.floats() == second)
    }

    @Test("Engines that take weights as they are leave them so", arguments: [ProductEngine.mkl, .oneDNN, .int8])
    func otherEngines(engine: ProductEngine) throws {
        let layers = Layers(bias: true)
        let weight = layers.first.weight.floats()
        try layers.packLinearLayers([Self.first: engine])
        #expect(layers.first.weight.floats() == weight && layers.linearShapes().count == 2)
    }

    @Test("A packed layer has no gradient, and eight bits stay as they are", arguments: engines)
    func refusals(engine: ProductEngine) throws {
        let layers = Layers(bias: true)
        try layers.quantizeLinearLayers()
        try layers.packLinearLayers([Self.first: engine])
        #expect(layers.first.weight.dtype == .int8)
        let floats = Layers(bias: true)
        try floats.packLinearLayers([Self.first: engine])
        #expect(throws: TorchError.self) {
            try withTorchErrors { _ = floats.first(Tensor.randn([2, 33]).requiringGradient()) }
        }
        #expect(throws: TorchError.self) { try withTorchErrors { _ = floats.first(Tensor.randn([2, 34])) } }
    }
}
