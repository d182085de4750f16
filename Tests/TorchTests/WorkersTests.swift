import Foundation
import Testing
import Torch

/// Computations on several threads; serial, as the number of threads belongs to the process.
@Suite(.serialized) struct WorkersTests {
    private struct OwnError: Error {}

    private func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
        let before = Engine.threadCount
        Engine.threadCount = count
        defer { Engine.threadCount = before }
        return try body()
    }

    @Test(arguments: [1, 2, 5])
    func resultsAreInOrder(threads: Int) throws {
        try withThreads(threads) {
            let squares = try Engine.concurrentMap(Array(0..<100)) { number in
                Tensor([Float(number)], shape: [1]).matmul(Tensor([Float(number)], shape: [1])).item()
            }
            #expect(squares == (0..<100).map { Double($0 * $0) })
            #expect(Engine.threadCount == threads)
            #expect(try Engine.concurrentMap([Int]()) { $0 }.isEmpty)
        }
    }

    @Test(arguments: [1, 3])
    func anErrorEndsTheWork(threads: Int) {
        withThreads(threads) {
            #expect(throws: OwnError.self) {
                try Engine.concurrentMap(Array(0..<50)) { if $0 == 20 { throw OwnError() } }
            }
            #expect(Engine.threadCount == threads)
        }
    }

    @Test func weightsThatChangeBetweenTwoCallsAreSeen() throws {
        let (x, weight) = (Tensor.ones([16, 4]), Tensor.ones([2, 4]).requiringGradient())
        func products() throws -> [Float] {
            try withThreads(2) {
                try Engine.concurrentMap([0, 1, 2, 3]) { _ in withAutocast(.bfloat16) { x.linear(weight) }.floats()[0] }
            }
        }
        #expect(try products() == [4, 4, 4, 4])
        weight.fill(2)
        #expect(try products() == [8, 8, 8, 8])
    }

    @Test(arguments: [false, true])
    func threadsBehaveAsTheOneThatAsksThem(training: Bool) throws {
        let layer = Dropout(1)
        let outputs = try withThreads(3) {
            try withTrainingMode(training) {
                try Engine.concurrentMap(Array(0..<40)) { _ in
                    usleep(1000)
                    return layer(Tensor.ones([1])).item()
                }
            }
        }
        #expect(outputs == [Double](repeating: training ? 0 : 1, count: 40))
    }
}
