import Support
import Testing
import Torch

/// Products under autocast to bfloat16 are those of rounded factors, whether or not the processor has instructions for them.
///
/// The factors round to small integers, whose sums of products bfloat16 holds exactly: every rounding is known.
@Suite struct BFloat16Tests {
    /// Two numbers in [-2, 2] times 1 + 2⁻¹¹, which bfloat16's 8 bits do not hold.
    private static func factors(_ shape: [Int], _ other: [Int]) -> (Tensor, Tensor) {
        var generator = SplitMix64(state: 3)
        func factor(_ shape: [Int]) -> Tensor {
            let integers = (0..<shape.reduce(1, *)).map { _ in Float(Int.random(in: -2...2, using: &generator)) }
            return (Tensor(integers, shape: shape) * (1 + 1 / 2048)).requiringGradient()
        }
        return (factor(shape), factor(other))
    }

    private static func rounded(_ x: Tensor) -> Tensor { x.detached() / (1 + 1 / 2048) }

    /// Compares values and gradients to those of rounded factors without autocast.
    private static func expectRounds(_ left: [Int], _ right: [Int], _ product: (Tensor, Tensor) -> Tensor) throws {
        let (a, b) = factors(left, right)
        let (exactA, exactB) = (rounded(a).requiringGradient(), rounded(b).requiringGradient())
        let (found, expected) = (withAutocast(.bfloat16) { product(a, b) }, product(exactA, exactB))
        #expect(found.dtype == .bfloat16)
        #expect(found.to(.float32).floats() == expected.floats())
        found.to(.float32).sum().backward()
        expected.sum().backward()
        for (found, expected) in [(a, exactA), (b, exactB)] {
            let (own, plain) = (try #require(found.gradient), try #require(expected.gradient))
            #expect(own.dtype == .float32)
            #expect(own.floats() == plain.floats())
        }
    }

    @Test(arguments: [1, 3, 16, 40], ProductEngine.available)
    func ofLinearMaps(rows: Int, engine: ProductEngine) throws {
        KernelChoice(engine).use()
        defer { KernelChoice.unmeasured.use() }
        try Self.expectRounds([rows, 32], [24, 32]) { $0.linear($1, Tensor.ones([24])) }
        try Self.expectRounds([2, rows, 32], [24, 32]) { $0.linear($1) }
    }

    @Test func ofMatrices() throws {
        try Self.expectRounds([16, 32], [32, 24]) { $0.matmul($1) }
        try Self.expectRounds([2, 3, 5, 8], [2, 3, 8, 7]) { $0.matmul($1) }
    }

    @Test func ofConvolutions() throws {
        try Self.expectRounds([2, 3, 6, 6], [4, 3, 3, 3]) { $0.conv2d($1, nil, stride: 1, padding: 1, groups: 1) }
    }

    @Test func ofAttention() {
        let (query, key) = (Tensor.zeros([2, 3, 4, 8]), Tensor.zeros([2, 3, 4, 8]))
        let (value, _) = Self.factors([2, 3, 4, 8], [])
        let found = withAutocast(.bfloat16) { Tensor.attention(query: query, key: key, value: value) }
        let expected = Self.rounded(value).mean(2, keepDimension: true).expanded([2, 3, 4, 8])
        #expect(found.dtype == .bfloat16)
        #expect(found.to(.float32).floats() == expected.floats())
    }
}
