import Foundation
import Support
import Synchronization
import Testing

@Suite struct ConcurrentMapTests {
    private struct OwnError: Error, Equatable { let index: Int }

    @Test(arguments: [nil, 1, 2, 7, 200])
    func resultsAreInOrder(threads: Int?) {
        #expect(concurrentMap(Array(0..<100), threads: threads) { $0 * $0 } == (0..<100).map { $0 * $0 })
        #expect(concurrentMap([Int](), threads: threads) { $0 }.isEmpty)
        #expect(concurrentMap([nil, 1] as [Int?], threads: threads) { $0 } == [nil, 1])
    }

    @Test(arguments: [1, 2, 4])
    func anErrorEndsTheWork(threads: Int) {
        let begun = Mutex(0)
        #expect(throws: OwnError(index: 20)) {
            try concurrentMap(Array(0..<10_000), threads: threads) { index throws(OwnError) in
                begun.withLock { $0 += 1 }
                if index == 20 { throw OwnError(index: index) }
                usleep(10)
                return index
            }
        }
        #expect(begun.withLock { $0 } < 10_000)
    }

    @Test func oneThreadIsTheCallers() {
        let caller = ObjectIdentifier(Thread.current)
        let isCaller = concurrentMap(Array(0..<10), threads: 1) { _ in ObjectIdentifier(Thread.current) == caller }
        #expect(isCaller.allSatisfy { $0 })
    }

    @Test(arguments: [1, 3, 8])
    func eachThreadKeepsWhatItPrepared(threads: Int) {
        final class Worker {
            var pieces = 0
        }
        let prepared = Mutex(0)
        let done = Mutex(0)
        let indices = concurrentMap(count: 50, threads: threads) { run in
            let worker = Worker()
            prepared.withLock { $0 += 1 }
            run(worker)
            done.withLock { $0 += worker.pieces }
        } _: { (worker: Worker, index) in
            worker.pieces += 1
            return index
        }
        #expect(indices == Array(0..<50))
        #expect(prepared.withLock { $0 } == threads)
        #expect(done.withLock { $0 } == 50)
    }
}
