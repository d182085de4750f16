import Foundation
import Testing
import Torch

/// Attention against the plain operators of its definition: softmax(Q K^T / sqrt(width)) V.
@Suite struct AttentionTests {
    private struct Input {
        let query: Tensor
        let key: Tensor
        let value: Tensor
        let mask: Tensor

        init(queries: Int, keys: Int, width: Int = 4) {
            Random.seed(3)
            query = Tensor.randn([2, 3, queries, width]).requiringGradient()
            key = Tensor.randn([2, 3, keys, width]).requiringGradient()
            value = Tensor.randn([2, 3, keys, width]).requiringGradient()
            mask = Tensor((0..<(2 * keys)).map { $0 % 3 != 1 || $0 % keys == 0 }, shape: [2, 1, 1, keys])
        }

        /// The attention weights before dropout.
        func weights(masked: Bool) -> Tensor {
            let scores = query.matmul(key.transposed()) / Double(query.size(-1)).squareRoot()
            return (masked ? scores.masked(.!mask, with: -.infinity) : scores).softmax(-1)
        }

        func gradients(of output: Tensor) throws -> [Tensor] {
            for tensor in [query, key, value] { tensor.gradient = nil }
            (output * AttentionTests.direction(of: output)).sum().backward()
            return try [query, key, value].map { try #require($0.gradient) }
        }
    }

    /// Something that tells every element's gradient from its neighbours'.
    private static func direction(of output: Tensor) -> Tensor {
        Tensor((0..<output.count).map { Float(sin(Double($0))) }, shape: output.shape)
    }

    /// Lengths about the width of vector registers, and beyond the length up to which weights are kept.
    @Test(arguments: [(1, 1), (3, 5), (15, 16), (16, 17), (31, 33), (7, 100), (130, 129)], [true, false])
    func valuesAndGradientsAreThoseOfTheDefinition(lengths: (Int, Int), masked: Bool) throws {
        let input = Input(queries: lengths.0, keys: lengths.1)
        let output = Tensor.attention(
            query: input.query, key: input.key, value: input.value, mask: masked ? input.mask : nil)
        let expected = input.weights(masked: masked).matmul(input.value)
        #expect((output - expected).abs().max().item() < 1e-5)
        let (own, plain) = (try input.gradients(of: output), try input.gradients(of: expected))
        for (own, plain) in zip(own, plain) { #expect((own - plain).abs().max().item() < 1e-4) }
    }

    /// A bias of each head that all posts share, and one of each post.
    @Test(arguments: [(3, 5), (16, 17), (130, 129)], [1, 2])
    func aBiasIsAddedToTheScaledScores(lengths: (Int, Int), posts: Int) throws {
        let input = Input(queries: lengths.0, keys: lengths.1)
        let bias = Tensor.randn([posts, 3, lengths.0, lengths.1]).requiringGradient()
        let output = Tensor.attention(
            query: input.query, key: input.key, value: input.value, mask: input.mask, bias: bias)
        let scores = input.query.matmul(input.key.transposed()) / Double(input.query.size(-1)).squareRoot() + bias
        let expected = scores.masked(.!input.mask, with: -.infinity).softmax(-1).matmul(input.value)
        #expect((output - expected).abs().max().item() < 1e-5)
        func gradients(of output: Tensor) throws -> [Tensor] {
            bias.gradient = nil
            return try input.gradients(of: output) + [#require(bias.gradient)]
        }
        for (own, plain) in zip(try gradients(of: output), try gradients(of: expected)) {
            #expect((own - plain).abs().max().item() < 1e-4)
        }
    }

    @Test func aMaskMayDifferFromQueryToQuery() {
        let input = Input(queries: 9, keys: 9)
        let near = Tensor((0..<81).map { abs($0 / 9 - $0 % 9) < 3 }, shape: [1, 1, 9, 9])
        let scores = input.query.matmul(input.key.transposed()) / Double(input.query.size(-1)).squareRoot()
        let expected = scores.masked(.!near, with: -.infinity).softmax(-1).matmul(input.value)
        for output in [
            Tensor.attention(query: input.query, key: input.key, value: input.value, mask: near),
            withoutGradients { Tensor.attention(query: input.query, key: input.key, value: input.value, mask: near) },
        ] {
            #expect((output - expected).abs().max().item() < 1e-5)
        }
    }

    @Test(arguments: [(1, 1), (3, 5), (16, 17), (31, 33), (7, 100), (130, 129)], [1, 5, 16, 32, 40])
    func inUseItIsTheDefinition(lengths: (Int, Int), width: Int) throws {
        let input = Input(queries: lengths.0, keys: lengths.1, width: width)
        for mask in [nil, input.mask] {
            let found = withoutGradients {
                Tensor.attention(query: input.query * 1, key: input.key * 1, value: input.value * 1, mask: mask)
            }
            let expected = input.weights(masked: mask != nil).matmul(input.value)
            #expect(found.shape == expected.shape)
            #expect((found - expected).abs().max().item() < 2e-6)
        }
    }

    @Test("What comes of a post depends on neither other posts nor keys that it does not see, to the bit")
    func postsAreIndependent() throws {
        let (length, width) = (21, 32)
        Random.seed(9)
        let all = Tensor.randn([3, 2, 40, width])
        let seen = Tensor((0..<(3 * 40)).map { $0 % 40 < length }, shape: [3, 1, 1, 40])
        let together = withoutGradients { Tensor.attention(query: all, key: all, value: all, mask: seen) }
        for post in 0..<3 {
            let own = all.narrow(0, start: post, length: 1).narrow(2, start: 0, length: length)
            let alone = withoutGradients { Tensor.attention(query: own, key: own, value: own) }
            let part = together.narrow(0, start: post, length: 1).narrow(2, start: 0, length: length)
            #expect(alone.contiguous().floats() == part.contiguous().floats())
        }
    }

    @Test func halfPrecisionIsNear() throws {
        let input = Input(queries: 29, keys: 29, width: 32)
        let expected = input.weights(masked: true).matmul(input.value)
        let output = withAutocast(.bfloat16) {
            Tensor.attention(query: input.query, key: input.key, value: input.value, mask: input.mask)
        }
        #expect(output.dtype == .bfloat16)
        #expect((output.to(.float32) - expected).abs().max().item() < 0.05)
        let (own, plain) = (try input.gradients(of: output.to(.float32)), try input.gradients(of: expected))
        for (own, plain) in zip(own, plain) { #expect((own - plain).abs().max().item() < 0.2) }
    }

    /// With the identity as values, attention gives its own weights.
    @Test func dropoutThinsTheWeightsAndTheirGradients() throws {
        let (keys, probability) = (40, 0.25)
        let input = Input(queries: 50, keys: keys)
        let identity = Tensor((0..<(keys * keys)).map { $0 % (keys + 1) == 0 ? 1 : 0 } as [Float], shape: [keys, keys])
        let output = Tensor.attention(
            query: input.query, key: input.key, value: identity.expanded([2, 3, keys, keys]), mask: input.mask,
            dropout: probability)
        let full = input.weights(masked: true)
        let (thinned, whole) = (output.floats(), full.floats())
        let kept = thinned.map { $0 == 0 ? 0 : 1 } as [Float]
        let possible = whole.count { $0 > 1e-6 }
        #expect(abs(Double(kept.count { $0 > 0 }) / Double(possible) - (1 - probability)) < 0.02)
        let expected = full * Tensor(kept, shape: full.shape) / (1 - probability)
        #expect((output - expected).abs().max().item() < 1e-5)
        func gradients(_ output: Tensor) throws -> [Tensor] {
            (input.query.gradient, input.key.gradient) = (nil, nil)
            (output * AttentionTests.direction(of: output)).sum().backward()
            return [try #require(input.query.gradient), try #require(input.key.gradient)]
        }
        for (own, plain) in zip(try gradients(output), try gradients(expected)) {
            #expect((own - plain).abs().max().item() < 1e-4)
        }
    }

    @Test func whatIsNotANumberStaysSo() {
        let query = Tensor([.nan, 0, 1, 2] as [Float], shape: [1, 1, 2, 2])
        let ones = Tensor.ones([1, 1, 3, 2])
        let output = Tensor.attention(query: query, key: ones, value: ones).floats()
        #expect(output[0].isNaN && output[2] == 1)
    }
}
