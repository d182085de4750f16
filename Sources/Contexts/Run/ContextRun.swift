import Dispatch
import Foundation
import Synchronization
import Vision

/// The state that the tasks of one run share, and the work of each on its picture.
final class ContextRun<Generator: ContextGenerator>: Sendable {
    private let generator: Generator
    private let cache: ContextCache
    private let recipe: Int64
    private let policy: RetryPolicy
    private let limits: PictureLimits
    private let permits: Permits
    private let health: ServerHealth
    private let shouldStop: @Sendable () -> Bool
    /// The pictures that tasks of this run have taken.
    private let taken = Mutex<Set<ContentHash>>([])
    private let retryCount = Atomic(0)

    init(
        generator: Generator, cache: ContextCache, recipe: Int64, policy: RetryPolicy, limits: PictureLimits,
        permits: Permits, health: ServerHealth, shouldStop: @Sendable @escaping () -> Bool
    ) {
        self.generator = generator
        self.cache = cache
        self.recipe = recipe
        self.policy = policy
        self.limits = limits
        self.permits = permits
        self.health = health
        self.shouldStop = shouldStop
    }

    /// Whether further pictures are begun.
    var continues: Bool { health.stop == nil && !shouldStop() }
    var stop: GenerationFailure? { health.stop }
    var retries: Int { retryCount.load(ordering: .relaxed) }

    /// Finds a picture's context, or asks for it; nil where the run stops before.
    /// - Throws: ``ContextCacheError``.
    func outcome(of source: PictureSource) async throws -> ContextOutcome? {
        let picture: ContentHash
        do throws(PictureError) {
            picture = try await offTheTasks { () throws(PictureError) in
                try source.withBytes(limits: self.limits) { bytes in ContentHash(of: bytes) }
            }
        } catch {
            return .failed(nil, GenerationFailure(.picture, error.description))
        }
        guard taken.withLock({ $0.insert(picture).inserted }) else { return .repeated(picture) }
        if try await cache.holds(picture, recipe: recipe) { return .cached(picture) }
        let prepared: Generator.Picture
        do throws(PictureError) {
            prepared = try await offTheTasks { () throws(PictureError) in
                try source.withBytes(limits: self.limits) { bytes throws(PictureError) in
                    guard ContentHash(of: bytes) == picture else {
                        throw .notReadable(source.name, reason: "it changed while it was described")
                    }
                    return try self.generator.prepare(bytes, name: source.name)
                }
            }
        } catch {
            return try failed(picture, from: source, GenerationFailure(.picture, error.description))
        }
        switch try await permits.withPermit({ try await ask(about: picture, prepared) }) {
        case .stopped: return nil
        case .found: return .cached(picture)
        case .failed(let failure): return try failed(picture, from: source, failure)
        case .answered(let context, let attempts):
            try cache.store(
                context, of: picture, name: source.fileName, recipe: recipe, endpoint: generator.endpoint,
                attempts: attempts)
            return .generated(
                picture, promptTokens: context.promptTokens, completionTokens: context.completionTokens)
        }
    }

    /// The result of asking about a picture.
    private enum Asking: Sendable {
        case answered(GeneratedContext, attempts: Int)
        case failed(GenerationFailure)
        /// Another program has stored its context meanwhile.
        case found
        case stopped
    }

    private func ask(about picture: ContentHash, _ prepared: Generator.Picture) async throws -> Asking {
        var randomness = SystemRandomNumberGenerator()
        for attempt in 0... {
            guard await mayAsk() else { return .stopped }
            if try await cache.holds(picture, recipe: recipe) { return .found }
            let failure: GenerationFailure
            switch await answer(about: prepared, attempt: attempt) {
            case .success(let context):
                health.answered()
                return .answered(context, attempts: attempt + 1)
            case .failure(let error): failure = error
            }
            guard attempt + 1 < policy.attempts, isWorthAnother(failure),
                let wait = policy.wait(
                    after: failure.isServers ? attempt : 0, retryAfter: failure.retryAfter, using: &randomness)
            else { return .failed(failure) }
            retryCount.add(1, ordering: .relaxed)
            if failure.retryAfter != nil { health.pause(for: wait) }
            guard await sleep(.seconds(wait)) else { return .stopped }
        }
        return .stopped
    }

    private func answer(
        about prepared: Generator.Picture, attempt: Int
    ) async -> Result<GeneratedContext, GenerationFailure> {
        do throws(GenerationFailure) {
            return .success(try await generator.context(of: prepared, attempt: attempt))
        } catch {
            var failure = error
            failure.attempts = attempt + 1
            return .failure(failure)
        }
    }

    /// Records that a picture gets no context.
    private func failed(
        _ picture: ContentHash, from source: PictureSource, _ failure: GenerationFailure
    ) throws -> ContextOutcome {
        health.gaveUp(failure)
        try cache.store(failure, of: picture, name: source.fileName, recipe: recipe)
        return .failed(picture, failure)
    }

    private func isWorthAnother(_ failure: GenerationFailure) -> Bool {
        failure.isServers || failure.isAnswers && generator.answersVary
    }

    /// Waits for as long as the server asks; false where the run stops.
    private func mayAsk() async -> Bool {
        while true {
            let pause = health.pause
            if pause == .zero { return continues }
            guard await sleep(pause) else { return false }
        }
    }

    /// Sleeps, and looks up in between; false where the run stops.
    private func sleep(_ duration: Duration) async -> Bool {
        let end = ContinuousClock.now + duration
        while continues {
            let left = end - .now
            guard left > .zero else { return true }
            try? await Task.sleep(for: min(left, .milliseconds(100)))
        }
        return false
    }

    /// Does work that keeps a processor busy without holding up other tasks.
    private func offTheTasks<Value: Sendable>(
        _ work: @Sendable @escaping () throws(PictureError) -> Value
    ) async throws(PictureError) -> Value {
        let result = await withCheckedContinuation { continuation in
            pictureQueue.async { continuation.resume(returning: Result { () throws(PictureError) in try work() }) }
        }
        return try result.get()
    }
}

/// The queue on which all cores read and decode pictures.
private let pictureQueue = DispatchQueue(label: "pictures", attributes: .concurrent)

extension PictureSource {
    /// The file's name alone.
    var fileName: String { name.split(separator: "/").last.map(String.init) ?? name }
}
