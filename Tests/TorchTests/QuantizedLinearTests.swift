import Support
import TestSupport
import Testing
import Torch

/// A layer of 8-bit weights against the definition, number by number: ATEN_CPU_CAPABILITY names other kernels.
@Suite struct QuantizedLinearTests {
    /// The numbers q of x = c + s q, with the scale s and the centre c.
    private static func quantized(
        _ values: ArraySlice<Float>, around centre: Float
    ) -> (numbers: [Int], scale: Float, centre: Float) {
        let scale = (values.map { ($0 - centre).magnitude }.max() ?? 0) / 127
        guard scale > 0 else { return (values.map { _ in 0 }, scale, centre) }
        let factor = 1 / scale
        return (values.map { Int((($0 - centre) * factor).rounded(.toNearestOrEven)) }, scale, centre)
    }

    /// What comes of rows `[count, inputs]`, row after row.
    private static func expected(_ x: [Float], _ weight: [Float], _ bias: [Float], inputs: Int) -> [Float] {
        func rows(_ values: [Float]) -> [ArraySlice<Float>] {
            stride(from: 0, to: values.count, by: inputs).map { values[$0..<($0 + inputs)] }
        }
        let weights = rows(weight).map { quantized($0, around: 0) }
        return rows(x).flatMap { row in
            let row = quantized(row, around: (row.min() ?? 0) / 2 + (row.max() ?? 0) / 2)
            return zip(weights, bias).map { weight, bias in
                let sum = zip(row.numbers, weight.numbers).reduce(0) { $0 + $1.0 * $1.1 }
                let total = Float(weight.numbers.reduce(0, +))
                return Float(sum) * (weight.scale * row.scale) + (total * (weight.scale * row.centre) + bias)
            }
        }
    }

    private static func layer(_ inputs: Int, _ outputs: Int) throws -> (layer: Linear, weight: [Float], bias: [Float]) {
        let layer = Linear(inputs, outputs)
        let (weight, bias) = (layer.weight.floats(), try #require(layer.bias).floats())
        try layer.quantizeLinearLayers()
        return (layer, weight, bias)
    }

    @Test(arguments: [1, 2, 4, 31, 33, 384, 1536], [1, 8, 32, 33, 100])
    func equalsTheDefinition(inputs: Int, outputs: Int) throws {
        Random.seed(3)
        let (layer, weight, bias) = try Self.layer(inputs, outputs)
        for rows in [1, 2, 5, 6, 7, 48, 50, 101] {
            let x = Tensor.randn([rows, inputs]) + 0.5
            let found = withoutGradients { layer(x) }
            #expect(found.shape == [rows, outputs])
            let expected = Self.expected(x.floats(), weight, bias, inputs: inputs)
            // Products may be added before they are rounded.
            for (found, expected) in zip(found.floats(), expected) {
                #expect((found - expected).magnitude <= 4e-7 * max(1, expected.magnitude), "\(rows) rows")
            }
        }
    }

    @Test("Sums of the largest numbers are exact", arguments: [1.0, -1.0])
    func extremes(sign: Float) throws {
        let (inputs, outputs) = (4096, 64)
        let signs = (0..<inputs).map { Float($0 % 3 == 0 ? 127 : -127) }
        let layer = Linear(inputs, outputs)
        withoutGradients {
            layer.weight.adopt(Tensor((0..<outputs).flatMap { _ in signs }, shape: [outputs, inputs]))
            layer.bias?.adopt(Tensor.full([outputs], 0))
        }
        try layer.quantizeLinearLayers()
        let rows = Tensor((0..<7).flatMap { _ in signs.map { $0 * sign } }, shape: [7, inputs])
        let found = withoutGradients { layer(rows) }
        #expect(found.floats().allSatisfy { $0 == sign * Float(127 * 127 * inputs) })
    }

    @Test("Rows on one side of 0 are rounded half as much as around 0")
    func centres() throws {
        let layer = Linear(256, 32)
        // Weights that 8 bits hold, so that only what is rounded of the row counts.
        var generator = SplitMix64(seed: 4)
        let numbers: [Int] = (0..<8192).map { $0 % 256 == 0 ? 127 : generator.index(below: 255) - 127 }
        let weight: [Float] = numbers.map { Float($0) / 127 }
        withoutGradients {
            layer.weight.adopt(Tensor(weight, shape: [32, 256]))
            layer.bias?.adopt(Tensor.full([32], 0))
        }
        try layer.quantizeLinearLayers()
        func error(_ x: [Float]) -> Double {
            let found = withoutGradients { layer(Tensor(x, shape: [1, 256])) }.floats()
            var error = 0.0
            for output in 0..<32 {
                var exact = 0.0
                for input in 0..<256 { exact += Double(x[input]) * Double(weight[output * 256 + input]) }
                error += (Double(found[output]) - exact).magnitude / 32
            }
            return error
        }
        let drawn: [Int] = (0..<256).map { _ in generator.index(below: 1_000_000) }
        let uniform: [Float] = drawn.map { Float($0) / 1_000_000 }
        let signed: [Float] = uniform.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : -$0.element }
        #expect(error(uniform) < 0.7 * error(signed))
        #expect(error([Float](repeating: 3, count: 256)) < 1e-3)
    }

    @Test("Numbers far from 0 that differ in their last bit stay within the range")
    func farFromZero() throws {
        let (layer, weight, bias) = try Self.layer(4, 8)
        let (least, most) = (Float(1 << 20), Float(1 << 20).nextUp)
        let found = withoutGradients { layer(Tensor([least, most, least, most], shape: [1, 4])) }.floats()
        for output in 0..<8 {
            let row = Self.quantized(weight[(output * 4)..<(output * 4 + 4)], around: 0)
            let expected = Double(row.numbers.reduce(0, +)) * Double(row.scale) * Double(least) + Double(bias[output])
            #expect((Double(found[output]) - expected).magnitude < 1)
        }
    }

    @Test("What comes of a row does not depend on others, to the bit")
    func rowsAreIndependent() throws {
        Random.seed(5)
        let (layer, _, _) = try Self.layer(384, 96)
        let x = Tensor.randn([61, 384])
        let together = withoutGradients { layer(x) }.floats()
        for row in 0..<61 {
            let alone = withoutGradients { layer(x.narrow(0, start: row, length: 1)) }.floats()
            #expect(alone == Array(together[(row * 96)..<((row + 1) * 96)]), "row \(row)")
        }
    }

    @Test("A row of zeros gives the bias, and one with a value that is no number or infinite gives no numbers")
    func unusualRows() throws {
        let (layer, _, bias) = try Self.layer(40, 32)
        var values = [Float](repeating: 0, count: 4 * 40)
        (values[45], values[85], values[125]) = (.nan, .infinity, .leastNonzeroMagnitude)
        let found = withoutGradients { layer(Tensor(values, shape: [4, 40])) }.floats()
        #expect(Array(found[..<32]) == bias)
        #expect(found[32..<96].allSatisfy { $0.isNaN })
        #expect(Array(found[96...]) == bias)
    }

    @Test("Any number of threads gives the same")
    func threads() throws {
        Random.seed(8)
        let (layer, _, _) = try Self.layer(96, 64)
        let x = Tensor.randn([200, 96])
        let before = Engine.threadCount
        defer { Engine.threadCount = before }
        let results = [1, 2, 3].map { threads in
            Engine.threadCount = threads
            return withoutGradients { layer(x) }.floats()
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test("What it cannot compute is refused")
    func refusals() throws {
        let (layer, _, _) = try Self.layer(8, 8)
        #expect(throws: TorchError.self) { try withTorchErrors { _ = layer(Tensor.randn([2, 9])) } }
        #expect(throws: TorchError.self) { try withTorchErrors { _ = layer(Tensor.randn([2, 8]).to(.bfloat16)) } }
        #expect(throws: TorchError.self) {
            try withTorchErrors { _ = layer(Tensor.randn([2, 8]).requiringGradient()) }
        }
        let shapes = layer.linearShapes()
        #expect(shapes.isEmpty)
    }

    @Test("A layer without bias stays as it is")
    func withoutBias() throws {
        let layer = Linear(8, 8, bias: false)
        let before = layer.weight.floats()
        try layer.quantizeLinearLayers()
        #expect(layer.weight.floats() == before)
    }
}
