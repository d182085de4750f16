import Testing
import Torch

@Suite struct GradientTests {
    @Test func aGivenGradientIsPartOfTheGraph() throws {
        let x = Tensor([1, 2, 3] as [Float], shape: [3]).requiringGradient()
        let given = Tensor([0.5, -1, 2] as [Float], shape: [3])
        let scalar = (x * 2).scalar(7.5, gradient: given)
        #expect(scalar.item() == 7.5 && scalar.shape == [])
        (scalar * 3).backward()
        #expect(try #require(x.gradient).floats() == [3, -6, 12])
    }

    @Test func aGivenGradientMustHaveTheTensorsShape() {
        let x = Tensor.zeros([2, 3])
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { x.scalar(1, gradient: Tensor.zeros([3, 2])) }
        }
        #expect(error?.message.contains("[3, 2]") == true)
    }

    @Test func nothingIsRecordedWithoutGradients() throws {
        struct OwnError: Error {}
        let x = Tensor.ones([2]).requiringGradient()
        #expect(!withoutGradients { x * 2 }.requiresGradient)
        #expect(!withoutGradients { withoutGradients { x } * 2 }.requiresGradient)
        #expect(throws: OwnError.self) { try withoutGradients { throw OwnError() } }
        #expect((x * 2).requiresGradient)
        #expect(!(x * 2).detached().requiresGradient)
    }

    @Test func gradientsAccumulateUntilForgotten() {
        let x = Tensor.ones([2]).requiringGradient()
        (x * 3).sum().backward()
        (x * 4).sum().backward()
        #expect(x.gradient?.floats() == [7, 7])
        x.gradient = nil
        #expect(x.gradient == nil)
    }

    @Test func gradientsThatAreAskedForAreThoseOfBackwardAndChangeNothing() throws {
        Random.seed(3)
        let (x, weight) = (Tensor.randn([5, 4]).requiringGradient(), Tensor.randn([3, 4]).requiringGradient())
        let unused = Tensor.randn([2]).requiringGradient()
        let hidden = x.linear(weight).tanh()
        let (first, second) = (hidden.squared().sum(), (hidden * 3).sum())
        let ofFirst = first.gradients(withRespectTo: [weight, unused, x])
        let ofSecond = second.gradients(withRespectTo: [x])
        #expect([x, weight, unused].allSatisfy { $0.gradient == nil })
        #expect(ofFirst.count == 3 && ofFirst[1] == nil && ofSecond.count == 1)
        first.backward()
        let (ofWeight, ofX) = (try #require(ofFirst[0]), try #require(ofFirst[2]))
        #expect(weight.gradient?.floats() == ofWeight.floats() && x.gradient?.floats() == ofX.floats())
        #expect(ofWeight.shape == [3, 4] && ofWeight.floats().contains { $0 != 0 })
        // The gradients that were there stay, beside those of another scalar of the same graph.
        let other = try #require((x * x).sum().gradients(withRespectTo: [x])[0])
        #expect(other.floats() == (x * 2).floats() && x.gradient?.floats() == ofX.floats())
        let found = try #require(ofSecond[0])
        let expected = (1 - hidden.squared()).matmul(weight) * 3
        #expect((found - expected).abs().max().item() < 1e-5)
    }

    @Test func gradientsOfWhatHasNoneAreAnError() {
        let (x, constant) = (Tensor.ones([2]).requiringGradient(), Tensor.ones([2]))
        #expect(throws: TorchError.self) { try withTorchErrors { constant.sum().gradients(withRespectTo: [x]) } }
        #expect(throws: TorchError.self) { try withTorchErrors { x.sum().gradients(withRespectTo: [constant]) } }
        #expect(throws: TorchError.self) { try withTorchErrors { (x * 2).gradients(withRespectTo: [x]) } }
        #expect(x.gradient == nil && constant.gradient == nil)
    }

    @Test func changesOutsideTheGraphLeaveNoTrace() {
        let x = Tensor.ones([2]).requiringGradient()
        x.fill(5)
        x.copy(from: Tensor([1, 2], shape: [2]))
        #expect(x.floats() == [1, 2] && x.requiresGradient && x.gradient == nil)
    }

    @Test func autocastMultipliesInHalfPrecisionAndKeepsFullGradients() throws {
        Random.seed(1)
        let (x, weight) = (Tensor.randn([20, 32]), Tensor.randn([8, 32]).requiringGradient())
        let exact = x.linear(weight)
        let (half, normalized) = withAutocast(.bfloat16) {
            (x.linear(weight), x.layerNorm(nil, nil, epsilon: 1e-5))
        }
        #expect(half.dtype == .bfloat16 && normalized.dtype == .float32)
        #expect(x.linear(weight).dtype == .float32)
        let error = (half.to(.float32) - exact).abs().max().item()
        #expect(error > 0 && error < 0.2)
        half.to(.float32).sum().backward()
        let gradient = try #require(weight.gradient)
        #expect(gradient.dtype == .float32)
        #expect((gradient - x.sum(0)).abs().max().item() < 0.2)
    }

    @Test func autocastEndsWithItsBodyAndForgetsWeights() {
        struct OwnError: Error {}
        let (x, weight) = (Tensor.ones([16, 4]), Tensor.ones([2, 4]).requiringGradient())
        func product() -> Float { withAutocast(.bfloat16) { x.linear(weight) }.floats()[0] }
        #expect(product() == 4)
        weight.fill(2)
        #expect(product() == 8)
        #expect(throws: OwnError.self) { try withAutocast(.bfloat16) { throw OwnError() } }
        #expect(x.linear(weight).dtype == .float32)
        #expect(withAutocast(nil) { x.linear(weight) }.dtype == .float32)
    }
}
