import TestSupport
import Testing
import Torch

/// Layers in panels against sums in double precision, where the processor has instructions for them.
@Suite("Layers in panels", .enabled(if: ProductEngine.available.contains(.panels)))
struct PanelLinearTests {
    private static func layer(_ inputs: Int, _ outputs: Int) throws -> (layer: Linear, weight: [Float], bias: [Float]) {
        let layer = Linear(inputs, outputs)
        let (weight, bias) = (layer.weight.floats(), try #require(layer.bias).floats())
        try layer.packLinearLayers([LinearShape(inputs: inputs, outputs: outputs): .panels])
        return (layer, weight, bias)
    }

    private static func outputs(of layer: Linear, for x: Tensor) -> [Float] { withoutGradients { layer(x) }.floats() }

    @Test("equal the sums", arguments: [1, 5, 384], [1, 7, 16, 31, 33, 384, 1536])
    func sums(inputs: Int, outputs: Int) throws {
        Random.seed(3)
        let (layer, weight, bias) = try Self.layer(inputs, outputs)
        let rows = outputs < 100 ? 130 : 13
        let x = Tensor.randn([rows, inputs])
        let (found, numbers) = (Self.outputs(of: layer, for: x), x.floats())
        #expect(found.count == rows * outputs)
        var worst = 0.0
        for row in 0..<rows {
            for output in 0..<outputs {
                var sum = Double(bias[output])
                for i in 0..<inputs {
                    sum += Double(numbers[row * inputs + i]) * Double(weight[output * inputs + i])
                }
                worst = max(worst, (Double(found[row * outputs + output]) - sum).magnitude)
            }
        }
        // Weights are at most 1 / √inputs, so that sums are about 1.
        #expect(worst < 1e-5)
    }

    @Test("give a row the same among any others and on any threads, to the bit", arguments: [(96, 40), (384, 1536)])
    func rowsAreIndependent(inputs: Int, outputs: Int) throws {
        Random.seed(4)
        let (layer, _, _) = try Self.layer(inputs, outputs)
        let x = Tensor.randn([130, inputs])
        let before = Engine.threadCount
        defer { Engine.threadCount = before }
        Engine.threadCount = 1
        let all = Self.outputs(of: layer, for: x)
        for threads in 1...3 {
            Engine.threadCount = threads
            for rows in [1, 2, 3, 6, 7, 12, 13, 25, 32, 47, 48, 49, 97, 130] {
                let found = Self.outputs(of: layer, for: x.narrow(0, start: 130 - rows, length: rows))
                #expect(found == Array(all[((130 - rows) * outputs)...]), "\(rows) rows, \(threads) threads")
            }
        }
    }

    @Test("give GELU of their outputs, and those of some layers, as one after the other does, to the bit")
    func onePass() throws {
        final class Layers: Module {
            let all = [Linear(96, 40), Linear(96, 33, bias: false), Linear(96, 64)]
        }
        Random.seed(5)
        let layers = Layers()
        for shapes in [[], [40], [33, 64]] {
            try layers.packLinearLayers(
                Dictionary(uniqueKeysWithValues: shapes.map { (LinearShape(inputs: 96, outputs: $0), .panels) }))
            for rows in [1, 32, 50, 200] {
                let x = Tensor.randn([2, rows, 96])
                withoutGradients {
                    let expected = layers.all.map { $0(x) }
                    let together = Linear.outputs(of: layers.all, for: x)
                    #expect(together.map(\.shape) == expected.map(\.shape))
                    #expect(together.map { $0.floats() } == expected.map { $0.floats() }, "\(shapes), \(rows) rows")
                    for (layer, output) in zip(layers.all, expected) {
                        #expect(layer.gelu(x).floats() == output.gelu().floats(), "\(shapes), \(rows) rows")
                    }
                }
            }
        }
    }

    @Test("give no numbers for rows that have none, and those alone")
    func unusualRows() throws {
        let (layer, _, bias) = try Self.layer(40, 33)
        var values = [Float](repeating: 0, count: 3 * 40)
        (values[45], values[85]) = (.nan, .infinity)
        let found = Self.outputs(of: layer, for: Tensor(values, shape: [3, 40]))
        #expect(Array(found[..<33]) == bias)
        #expect(found[33..<66].allSatisfy { $0.isNaN })
        #expect(found[66...].allSatisfy { !$0.isFinite })
    }
}
