import Foundation
import Support
import Synchronization
import Testing
import Vision

@Suite("Memory that threads share")
struct MemoryBudgetTests {
    /// What pieces of work hold now, and the most that they held.
    private final class Held: Sendable {
        private let state = Mutex((now: 0, most: 0, pieces: 0))
        var most: Int { state.withLock { $0.most } }
        var now: Int { state.withLock { $0.now } }
        var pieces: Int { state.withLock { $0.pieces } }

        func hold(_ count: Int, _ work: () -> Void) {
            state.withLock { state in
                state.now += count
                state.pieces += 1
                state.most = max(state.most, state.now)
            }
            work()
            state.withLock { $0.now -= count }
        }
    }

    /// Runs pieces of work on a thread each, begun in their order, and waits for all.
    private func onThreads(_ count: Int, _ work: @Sendable @escaping (Int) -> Void) {
        let done = DispatchGroup()
        for index in 0..<count {
            done.enter()
            Thread.detachNewThread {
                work(index)
                done.leave()
            }
        }
        done.wait()
    }

    /// Waits until a condition holds, for ten seconds at most.
    private func wait(until condition: () -> Bool) -> Bool {
        for _ in 0..<10_000 {
            if condition() { return true }
            usleep(1000)
        }
        return false
    }

    @Test("However many threads there are, they hold no more than there is, and all are done", arguments: [1, 7, 64])
    func bounded(threads: Int) {
        let budget = MemoryBudget(byteCount: 100)
        let held = Held()
        onThreads(threads) { thread in
            var generator = SplitMix64(state: UInt64(thread))
            for _ in 0..<50 {
                let count = Int.random(in: 0...100, using: &generator)
                budget.withRoom(for: count) { held.hold(count) { usleep(10) } }
            }
        }
        #expect(held.most <= 100 && held.now == 0 && held.pieces == 50 * threads)
        #expect(budget.waitingCount == 0)
    }

    @Test("What needs more than there is runs alone", arguments: [101, 1 << 40, Int.max])
    func large(count: Int) {
        let budget = MemoryBudget(byteCount: 100)
        let held = Held()
        onThreads(16) { thread in
            if thread % 4 == 0 {
                budget.withRoom(for: count) { held.hold(1000) { usleep(500) } }
            } else {
                budget.withRoom(for: 30) { held.hold(30) { usleep(500) } }
            }
        }
        #expect(held.most == 1000 && held.pieces == 16)
    }

    @Test("Nobody is overtaken: a large piece has its turn, and the small one after it has too")
    func order() {
        let budget = MemoryBudget(byteCount: 10)
        let order = Mutex<[String]>([])
        let mayEnd = DispatchSemaphore(value: 0)
        let isBegun = DispatchSemaphore(value: 0)
        let done = DispatchGroup()
        func ask(_ name: String, _ count: Int, _ work: @Sendable @escaping () -> Void = {}) {
            done.enter()
            Thread.detachNewThread {
                budget.withRoom(for: count) {
                    order.withLock { $0.append(name) }
                    work()
                }
                done.leave()
            }
        }
        ask("first", 6) {
            isBegun.signal()
            mayEnd.wait()
        }
        isBegun.wait()
        ask("large", 10)
        #expect(wait { budget.waitingCount == 1 })
        ask("small", 2)
        #expect(wait { budget.waitingCount == 2 }, "there is room for it, but it is not its turn")
        mayEnd.signal()
        done.wait()
        #expect(order.withLock { $0 } == ["first", "large", "small"])
    }

    @Test("Memory is free again after an error, and a count below zero is none")
    func errors() {
        struct Failure: Error {}
        let budget = MemoryBudget(byteCount: 10)
        for _ in 0..<20 {
            #expect(throws: Failure.self) { try budget.withRoom(for: 10) { () throws(Failure) in throw Failure() } }
        }
        #expect(budget.withRoom(for: 10) { budget.withRoom(for: -5) { budget.waitingCount } } == 0)
    }

    @Test("Pictures that fill the budget alone are all decoded by many threads, and small ones among them")
    func pictures() throws {
        let decoder = PictureDecoder(geometry: PictureGeometry(shortestSide: 64, cropSide: 56))
        let names = [
            "large-interlaced.png", "rgb.png", "large-progressive.jpg", "cat.jpg", "large.avif", "missing.png",
        ]
        let sources = try names.map {
            $0 == "missing.png" ? .file(URL(filePath: "/missing.png")) : try Fixture.source($0)
        }
        let failures = Mutex<[String]>([])
        onThreads(24) { index in
            do throws(PictureError) {
                _ = try decoder.decode(sources[index % sources.count])
            } catch {
                failures.withLock { $0.append(error.description) }
            }
        }
        #expect(failures.withLock { $0 } == Array(repeating: "/missing.png: no such picture; check the path", count: 4))
        #expect(PictureMemory.pixels.waitingCount == 0 && PictureMemory.files.waitingCount == 0)
    }
}
