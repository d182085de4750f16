import Dispatch
import Foundation
import Synchronization
import Vision

/// Describes pictures with a generator, many at a time, each once.
///
/// It skips pictures that are in the cache. Every answer is stored as it comes; a bad picture or answer
/// spoils no other. While the generator describes some pictures, as many more are made ready.
package struct ContextRunner<Generator: ContextGenerator>: Sendable {
    let generator: Generator
    private let cache: ContextCache
    private let recipe: Int64
    private let concurrency: Int
    private let policy: RetryPolicy
    private let limits: PictureLimits

    /// - Parameter concurrency: the most pictures that are described at once.
    /// - Throws: ``ContextCacheError``.
    package init(
        _ generator: Generator, cache: ContextCache, concurrency: Int, policy: RetryPolicy = RetryPolicy(),
        limits: PictureLimits = PictureLimits()
    ) throws {
        self.generator = generator
        self.cache = cache
        recipe = try cache.identifier(of: generator.recipe)
        self.concurrency = max(1, concurrency)
        self.policy = policy
        self.limits = limits
    }

    /// The outcome of a run.
    package struct Result: Sendable {
        /// The outcome of each picture, in their order; nil for those that the run did not reach.
        package var outcomes: [ContextOutcome?]
        package var tally: ContextTally
        /// Why the run stopped before its end: the failure of all the last pictures.
        package var stop: GenerationFailure?
        /// Whether somebody asked it to stop.
        package var wasInterrupted: Bool

        /// Pictures that the run did not reach.
        var unasked: Int { outcomes.count { $0 == nil } }

        /// Why the run ended early and how to continue, for people; nil for a complete run.
        package var earlyEnding: String? {
            if wasInterrupted { return "stopped; the same command continues from here" }
            return stop.map {
                "stopped early: \($0.reason). \(unasked) pictures are left; the same command continues"
            }
        }
    }

    /// The context of a picture that a run was about.
    /// - Throws: ``ContextCacheError``.
    package func text(of picture: ContentHash) throws -> String? { try cache.text(of: picture, recipe: recipe) }

    /// The context of a picture whether or not a run was about it; nil where there is none, or no picture.
    /// - Throws: ``ContextCacheError``.
    func text(of source: PictureSource) throws -> String? {
        guard let bytes = try? source.read(limits: limits) else { return nil }
        return try text(of: ContentHash(of: bytes))
    }

    /// Closes the generator's connections; ask nothing after this.
    package func close() async { await generator.close() }

    /// Describes pictures, and closes the generator whether or not that succeeds; see ``run(_:shouldStop:observe:)``.
    /// - Throws: ``ContextCacheError``.
    package func runAndClose(
        _ pictures: [PictureSource], shouldStop: @Sendable @escaping () -> Bool = { false },
        observe: @Sendable @escaping (ContextTally) -> Void = { _ in }
    ) async throws -> Result {
        do {
            let result = try await run(pictures, shouldStop: shouldStop, observe: observe)
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }

    /// Describes pictures.
    /// - Parameters:
    ///   - shouldStop: called between pictures and while waiting.
    ///   - observe: receives the progress of the run after each picture.
    /// - Throws: ``ContextCacheError``.
    package func run(
        _ pictures: [PictureSource], shouldStop: @Sendable @escaping () -> Bool = { false },
        observe: @Sendable @escaping (ContextTally) -> Void = { _ in }
    ) async throws -> Result {
        let run = ContextRun(
            generator: generator, cache: cache, recipe: recipe, policy: policy, limits: limits,
            permits: Permits(concurrency), health: ServerHealth(patience: policy.patience), shouldStop: shouldStop)
        var outcomes = [ContextOutcome?](repeating: nil, count: pictures.count)
        var tally = ContextTally(total: pictures.count)
        try await withThrowingTaskGroup(of: (Int, ContextOutcome?).self) { group in
            var next = 0
            func add() {
                guard next < pictures.count, run.continues else { return }
                let (index, picture) = (next, pictures[next])
                next += 1
                group.addTask { (index, try await run.outcome(of: picture)) }
            }
            for _ in 0..<2 * concurrency { add() }
            while let (index, outcome) = try await group.next() {
                outcomes[index] = outcome
                if let outcome {
                    outcome.count(in: &tally)
                    tally.retries = run.retries
                    observe(tally)
                }
                add()
            }
        }
        return Result(
            outcomes: outcomes, tally: tally, stop: run.stop, wasInterrupted: shouldStop() && outcomes.contains(nil))
    }
}
