import Extraction
import Shapley
import Testing
import Torch

@Suite struct ContrastiveAlignmentTests {
    private func alignment(
        _ method: Extraction.AlignmentOptions.Method = .shapley,
        _ estimator: Extraction.AlignmentOptions.Estimator = .exact
    ) -> ContrastiveAlignment {
        var options = Extraction.AlignmentOptions()
        options.method = method
        options.estimator = estimator
        return ContrastiveAlignment(options)
    }

    @Test func fewerThanTwoItemsOrNoMethodGiveNothing() throws {
        #expect(try alignment()(.randn([1, 8]), .randn([1, 8]), seed: 1) == nil)
        #expect(try alignment()(.randn([0, 8]), .randn([0, 8]), seed: 1) == nil)
        #expect(try alignment(.none)(.randn([4, 8]), .randn([4, 8]), seed: 1) == nil)
    }

    @Test(arguments: [Extraction.AlignmentOptions.Method.shapley, .infonce])
    func matchingPairsCostLessThanShuffledOnes(method: Extraction.AlignmentOptions.Method) throws {
        Random.seed(1)
        let side = Tensor.randn([6, 16])
        let other = side + Tensor.randn([6, 16]) * 0.1
        let matched = try #require(try alignment(method)(side, other, seed: 1))
        let shuffled = try #require(try alignment(method)(side, other.flipped(0), seed: 1))
        #expect(matched.loss.item() < shuffled.loss.item())
        #expect(matched.cosines.own > 0.9 && shuffled.cosines.own < 0.5)
        #expect(abs(matched.cosines.others) < 0.5)
    }

    /// The gradient comes from the Shapley room; the engine carries it on to both sides.
    @Test(arguments: Extraction.AlignmentOptions.Estimator.allCases)
    func gradientsEqualFiniteDifferences(estimator: Extraction.AlignmentOptions.Estimator) throws {
        Random.seed(2)
        let alignment = alignment(.shapley, estimator)
        let (a, b) = (Tensor.randn([5, 3]), Tensor.randn([5, 3]))
        let direction = Tensor.randn([5, 3])
        for moved in [a, b] {
            moved.requiringGradient()
            try #require(try alignment(a, b, seed: 4)).loss.backward()
            let slope = (try #require(moved.gradient) * direction).sum().item()
            moved.requiringGradient(false)
            func loss(_ step: Double) throws -> Double {
                let (x, y) = moved === a ? (a + direction * step, b) : (a, b + direction * step)
                return try #require(try alignment(x, y, seed: 4)).loss.item()
            }
            let difference = (try loss(1e-2) - loss(-1e-2)) / 2e-2
            #expect(abs(slope - difference) < 0.01 * max(1, abs(slope)))
        }
    }

    @Test func vectorsOfZerosAreDefinedAndNaNIsAnError() throws {
        let zeros = Tensor.zeros([3, 4]).requiringGradient()
        let loss = try #require(try alignment()(zeros, .randn([3, 4]), seed: 1)).loss
        loss.backward()
        #expect(loss.item().isFinite)
        #expect(zeros.gradient?.floats().allSatisfy(\.isFinite) == true)
        #expect(throws: ShapleyError.self) {
            try alignment()(Tensor.full([3, 4], .nan), .randn([3, 4]), seed: 1)
        }
    }
}
