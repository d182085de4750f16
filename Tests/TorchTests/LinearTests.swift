import Support
import TestSupport
import Testing
import Torch

/// Whatever engine computes a linear map and its gradients, they must be those of the matrix product.
@Suite struct LinearTests {
    private static let rows: [[Int]] = [
        [], [1], [3], [15], [16], [17], [64, 1], [4, 8], [2, 3, 5], [0], [97], [1, 1, 40],
    ]

    @Test(arguments: rows, ProductEngine.available)
    func equalsTheMatrixProductInValueAndGradient(rows: [Int], engine: ProductEngine) throws {
        KernelChoice(engine).use()
        defer { KernelChoice.unmeasured.use() }
        var generator = SplitMix64(state: UInt64(rows.count) + 7)
        for (inputs, outputs) in [(1, 1), (3, 8), (33, 5), (64, 100)] {
            for layout in Layout.allCases {
                let hasBias = Bool.random(using: &generator)
                let found = try Self.gradients(rows, inputs, outputs, layout, hasBias: hasBias) { $0.linear($1, $2) }
                let expected = try Self.gradients(rows, inputs, outputs, layout, hasBias: hasBias) { x, weight, bias in
                    let product = x.unsqueezed(0).matmul(weight.transposed()).squeezed(0)
                    return bias.map { product + $0 } ?? product
                }
                for (found, expected) in zip(found, expected) {
                    #expect(found.shape == expected.shape, "\(layout) \(inputs) \(outputs)")
                    guard expected.count > 0 else { continue }
                    let scale = max(1, expected.abs().max().item())
                    #expect((found - expected).abs().max().item() < 1e-5 * scale, "\(layout) \(inputs) \(outputs)")
                }
            }
        }
    }

    /// How the elements of input and weight lie in memory.
    private enum Layout: CaseIterable {
        case rowMajor
        case transposed
        case slices
    }

    /// The output, and the gradients of input, weight and bias.
    private static func gradients(
        _ rows: [Int], _ inputs: Int, _ outputs: Int, _ layout: Layout, hasBias: Bool,
        _ apply: (Tensor, Tensor, Tensor?) -> Tensor
    ) throws -> [Tensor] {
        Random.seed(11)
        func leaf(_ shape: [Int]) -> (leaf: Tensor, used: Tensor) {
            switch layout {
            case .transposed where shape.count > 1:
                let leaf = Tensor.randn(shape.dropLast(2) + [shape[shape.count - 1], shape[shape.count - 2]])
                return (leaf.requiringGradient(), leaf.transposed())
            case .slices:
                let leaf = Tensor.randn(shape.dropLast() + [shape[shape.count - 1] + 2]).requiringGradient()
                return (leaf, leaf.narrow(-1, start: 1, length: shape[shape.count - 1]))
            default:
                let leaf = Tensor.randn(shape).requiringGradient()
                return (leaf, leaf)
            }
        }
        let (x, weight, bias) = (leaf(rows + [inputs]), leaf([outputs, inputs]), leaf([outputs]))
        let output = apply(x.used, weight.used, hasBias ? bias.used : nil)
        (output * Tensor.randn(output.shape)).sum().backward()
        let leaves = [x.leaf, weight.leaf] + (hasBias ? [bias.leaf] : [])
        return try [output.detached()] + leaves.map { try #require($0.gradient) }
    }

    @Test func onlyWhatAsksForAGradientGetsOne() {
        let parts = [Tensor.randn([32, 8]), Tensor.randn([4, 8]), Tensor.randn([4])]
        for wanted in 0..<8 {
            for (index, part) in parts.enumerated() {
                part.gradient = nil
                part.requiringGradient(wanted >> index & 1 == 1)
            }
            let output = parts[0].linear(parts[1], parts[2])
            #expect(output.requiresGradient == (wanted != 0))
            guard wanted != 0 else { continue }
            output.sum().backward()
            for (index, part) in parts.enumerated() { #expect((part.gradient != nil) == (wanted >> index & 1 == 1)) }
        }
    }

    @Test func gradientsAccumulateAndReachSharedWeights() throws {
        let (x, weight) = (Tensor.randn([20, 6]), Tensor.randn([6, 6]).requiringGradient())
        x.linear(weight).linear(weight).sum().backward()
        let once = try #require(weight.gradient).cloned()
        x.linear(weight).linear(weight).sum().backward()
        let twice = try #require(weight.gradient)
        #expect((twice - once * 2).abs().max().item() < 1e-3)
    }

    @Test func layersKeepTheirShapes() throws {
        let layer = Linear(6, 4)
        #expect(layer.weight.shape == [4, 6])
        #expect(layer(Tensor.zeros([2, 3, 6])).shape == [2, 3, 4])
        #expect(Linear(6, 4, bias: false).parameters().map(\.path) == ["weight"])
        let error = #expect(throws: TorchError.self) { try withTorchErrors { layer(Tensor.zeros([20, 5])) } }
        #expect(error?.message == "mat1 and mat2 shapes cannot be multiplied (20x5 and 6x4)")
    }
}
