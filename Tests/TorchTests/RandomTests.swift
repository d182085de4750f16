import Testing
import Torch

@Suite struct RandomTests {
    private func draws() -> [Float] {
        let dropped = Tensor.ones([1000]).dropout(0.3, training: true).floats()
        return dropped + Tensor.randn([50]).floats()
            + Tensor.ones([40]).to(.float64).dropout(0.5, training: true).floats()
    }

    @Test func aSeedRepeatsEverything() {
        Random.seed(42)
        let first = draws()
        #expect(draws() != first)
        Random.seed(42)
        #expect(draws() == first)
    }

    @Test func aSavedStateContinuesAsIfNothingHadHappened() {
        Random.seed(1)
        _ = draws()
        let state = Random.state()
        let expected = draws()
        let bytes = state.bytes()
        _ = draws()
        Random.restore(Tensor(bytes, shape: [bytes.count]))
        #expect(draws() == expected)
    }

    @Test func aBrokenStateIsAnError() {
        #expect(throws: TorchError.self) {
            try withTorchErrors { Random.restore(Tensor([1, 2, 3] as [UInt8], shape: [3])) }
        }
    }

    @Test(arguments: [DType.float32, .bfloat16, .float64], [0.1, 0.5, 0.9])
    func dropoutKeepsTheRightShareAndTheMean(dtype: DType, probability: Double) {
        Random.seed(9)
        let values = Tensor.ones([301, 1001]).to(dtype).dropout(probability, training: true).doubles()
        let kept = values.filter { $0 != 0 }
        let share = Double(kept.count) / Double(values.count)
        #expect(abs(share - (1 - probability)) < 0.005)
        #expect(kept.allSatisfy { abs($0 * (1 - probability) - 1) < (dtype == .bfloat16 ? 5e-3 : 1e-4) })
        let rows = stride(from: 0, to: values.count, by: 1001).map { start in
            Double(values[start..<(start + 1001)].count { $0 != 0 }) / 1001
        }
        let deviation = (probability * (1 - probability) / 1001).squareRoot()
        #expect(rows.allSatisfy { abs($0 - (1 - probability)) < 5 * deviation })
    }

    /// Neighbours, and elements one block of the generator apart, are dropped independently.
    @Test(arguments: [1, 2, 512, 1024, 2048])
    func dropoutIsIndependentBetweenElements(distance: Int) {
        Random.seed(10)
        let kept = Tensor.ones([1 << 18]).dropout(0.5, training: true).floats().map { $0 != 0 }
        let pairs = zip(kept, kept.dropFirst(distance))
        let agreement = Double(pairs.count { $0 == $1 }) / Double(kept.count - distance)
        #expect(abs(agreement - 0.5) < 0.005)
    }

    @Test func gradientsPassWhereElementsWereKept() throws {
        Random.seed(2)
        let x = Tensor.randn([7, 9]).requiringGradient()
        let dropped = x.transposed().dropout(0.4, training: true)
        dropped.sum().backward()
        let gradient = try #require(x.gradient)
        #expect((gradient * x - dropped.transposed()).abs().max().item() < 1e-6)
    }

    @Test func nothingIsDroppedInUse() {
        let layer = Dropout(0.5)
        let x = Tensor.randn([20])
        #expect(layer(x).floats() == x.floats())
        withTrainingMode {
            #expect(layer(x).floats() != x.floats())
            #expect(Dropout(0)(x).floats() == x.floats())
            #expect(Dropout(1)(x).floats().allSatisfy { $0 == 0 })
        }
    }

    @Test func fillsFollowTheirDistributions() {
        Random.seed(3)
        let x = Tensor.empty([100_000])
        x.fillUniform(-2..<4)
        #expect(abs(x.mean().item() - 1) < 0.05 && x.min().item() >= -2 && x.max().item() < 4)
        x.fillNormal(mean: 3, deviation: 0.5)
        #expect(abs(x.mean().item() - 3) < 0.02 && abs((x - 3).squared().mean().item() - 0.25) < 0.01)
    }
}
