import Foundation
import TestSupport
import Testing
import Torch

@Suite struct TensorTests {
    private let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])

    @Test func valuesComeBackAsTheyWent() {
        #expect(
            x.floats() == [1, 2, 3, 4, 5, 6] && x.doubles() == [1, 2, 3, 4, 5, 6] && x.ints() == [1, 2, 3, 4, 5, 6])
        #expect(Tensor([true, false], shape: [2]).bools() == [true, false])
        #expect(Tensor([0, 255] as [UInt8], shape: [2]).bytes() == [0, 255])
        #expect(Tensor([Int.max, Int.min], shape: [2]).ints() == [Int.max, Int.min])
        #expect(Tensor([0.1], shape: [1]).doubles() == [0.1])
        #expect(Tensor([] as [Float], shape: [0, 3]).floats() == [])
        #expect(Tensor([1.5, -2] as [Float], shape: [2]).to(.bfloat16).floats() == [1.5, -2])
        #expect(Tensor.full([], 3).item() == 3)
    }

    @Test(arguments: DType.allCases)
    func everyTypeHoldsSmallNumbers(dtype: DType) {
        let tensor = Tensor([0, 1] as [Float], shape: [2]).to(dtype)
        #expect(tensor.dtype == dtype && tensor.doubles() == [0, 1])
        #expect(tensor.description == "Tensor(\(dtype), [2], cpu)")
    }

    @Test func shapesAreViews() {
        #expect(x.transposed().floats() == [1, 4, 2, 5, 3, 6])
        #expect(x.reshaped([3, -1]).shape == [3, 2])
        #expect(x.permuted([1, 0]).shape == [3, 2])
        #expect(x.narrow(1, start: 1, length: 2).floats() == [2, 3, 5, 6])
        #expect(x.select(-1, 2).floats() == [3, 6])
        #expect(x.unsqueezed(1).shape == [2, 1, 3] && x.unsqueezed(1).squeezed(1).shape == [2, 3])
        #expect(x.select(0, 0).unsqueezed(0).expanded([2, -1]).floats() == [1, 2, 3, 1, 2, 3])
        #expect(x.padded([1, 0, 0, 1], with: 9).floats() == [9, 1, 2, 3, 9, 4, 5, 6, 9, 9, 9, 9])
        #expect(x.size(-1) == 3 && x.rank == 2 && x.count == 6)
    }

    @Test func tensorsAreJoinedAndPicked() {
        #expect(Tensor.concatenated([x, x.narrow(0, start: 0, length: 1)], 0).shape == [3, 3])
        #expect(x.gather(1, Tensor([2, 0], shape: [2, 1])).floats() == [3, 4])
        #expect(x.indexSelect(1, Tensor([2, 2, 0], shape: [3])).floats() == [3, 3, 1, 6, 6, 4])
        let added = x.indexAdd(0, Tensor([1, 1], shape: [2]), Tensor.ones([2, 3]))
        #expect(added.floats() == [1, 2, 3, 6, 7, 8])
        #expect(Tensor.choose(x .> 3, x, -x).floats() == [-1, -2, -3, 4, 5, 6])
        #expect(x.masked(x .< 3, with: 0).floats() == [0, 0, 3, 4, 5, 6])
    }

    @Test func arithmeticBroadcasts() {
        let row = Tensor([1, 0, -1] as [Float], shape: [3])
        #expect((x + row).floats() == [2, 2, 2, 5, 5, 5])
        #expect((x * row - 1).floats() == [0, -1, -4, 3, -1, -7])
        #expect((1 - row).floats() == [0, 1, 2] && (2 * row / 4).floats() == [0.5, 0, -0.5])
        #expect((x .== 2).bools() == [false, true, false, false, false, false])
        #expect(((x .> 1) .& .!(x .> 4)).bools() == [false, true, true, true, false, false])
        #expect(((x .< 2) .| (x .> 5)).bools() == [true, false, false, false, false, true])
        #expect(Tensor.maximum(row, -row).floats() == [1, 0, 1] && Tensor.minimum(row, -row).floats() == [-1, 0, -1])
        #expect(x.clamped(to: 2...4).floats() == [2, 2, 3, 4, 4, 4])
        #expect((row / 0).isFinite().bools() == [false, false, false])
    }

    @Test func runningSumsGoAlongADimension() {
        #expect(x.cumulativeSum(1).floats() == [1, 3, 6, 4, 9, 15])
        #expect(x.cumulativeSum(0).floats() == [1, 2, 3, 5, 7, 9])
        #expect(Tensor([true, false, true], shape: [3]).to(.int64).cumulativeSum(0).ints() == [1, 1, 2])
    }

    @Test func anglesHaveSinesAndCosines() {
        let angles = Tensor([0, 0.5, -2, 100], shape: [4])
        #expect((angles.sin().squared() + angles.cos().squared() - 1).abs().max().item() < 1e-12)
        #expect(zip(angles.sin().doubles(), angles.doubles()).allSatisfy { abs($0 - sin($1)) < 1e-12 })
        #expect(zip(angles.cos().doubles(), angles.doubles()).allSatisfy { abs($0 - cos($1)) < 1e-12 })
    }

    @Test func normalisationNeedsNoBias() {
        let (plain, bare) = (LayerNorm(3), LayerNorm(3, bias: false))
        #expect(plain.parameters().map(\.path) == ["weight", "bias"] && bare.parameters().map(\.path) == ["weight"])
        #expect(plain(x).floats() == bare(x).floats())
    }

    @Test func fewRowsAreNormalisedAsAmongManyAndOnAsManyThreadsAfterwards() {
        let before = Engine.threadCount
        defer { Engine.threadCount = before }
        Engine.threadCount = 2
        let (norm, many) = (LayerNorm(64), Tensor.randn([1000, 64]))
        #expect(norm(many.narrow(0, start: 0, length: 7)).floats() == Array(norm(many).floats()[..<(7 * 64)]))
        #expect(Engine.threadCount == 2)
    }

    @Test func reductionsTakeSomeDimensionsOrAll() {
        #expect(x.sum().item() == 21 && x.mean().item() == 3.5 && x.max().item() == 6 && x.min().item() == 1)
        #expect(x.sum(0).floats() == [5, 7, 9] && x.mean(1, keepDimension: true).shape == [2, 1])
        #expect(x.argmax(1).ints() == [2, 2])
        #expect(Tensor.ones([2, 3, 4]).sum(0, 2).floats() == [8, 8, 8])
    }

    @Test func sharedMemoryLivesAsLongAsTheTensor() {
        final class Owner {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: 6)
            let released: () -> Void

            init(_ released: @escaping () -> Void) {
                self.released = released
                for index in 0..<6 { memory[index] = Float(index) }
            }

            deinit {
                memory.deallocate()
                released()
            }
        }
        var isReleased = false
        var tensor: Tensor? = {
            let owner = Owner { isReleased = true }
            return Tensor(
                borrowing: owner.memory, shape: [3, 2], strides: [1, 3], dtype: .float32, keepAlive: owner)
        }()
        #expect(tensor?.floats() == [0, 3, 1, 4, 2, 5])
        let view = tensor?.select(0, 1)
        tensor = nil
        #expect(!isReleased && view?.floats() == [1, 4])
        withExtendedLifetime(view) {}
    }

    @Test func elementsAreReadInRowMajorOrder() {
        let sum = x.transposed().withUnsafeElements(as: Float.self) { elements in
            elements.enumerated().reduce(0) { $0 + Float($1.offset) * $1.element }
        }
        #expect(sum == 4 + 4 + 15 + 12 + 30)
    }
}
