import Corpus
import Extraction
import Foundation
import Torch

/// Runs what a plan has, one model after the other: finished runs are skipped, killed ones resumed, and a run that fails
/// does not end the others.
public struct Reproduction {
    /// What happens.
    public enum Event {
        case started(ReproductionPlan.Run, index: Int, count: Int)
        case skipped(ReproductionPlan.Run)
        case note(String)
        case training(TrainingEvent)
        case finished(RunResult)
        case failed(ReproductionPlan.Run, String)
    }

    private let plan: ReproductionPlan
    private let output: URL
    private let device: Device

    /// - Parameter output: the folder that gets `runs/` and the results.
    public init(_ plan: ReproductionPlan, output: URL, device: Device) {
        self.plan = plan
        self.output = output
        self.device = device
    }

    /// Runs everything that is not finished.
    /// - Returns: the runs that failed, with the reason.
    /// - Throws: ``RunError/interrupted(step:path:)`` when asked to stop, and as ``results()``.
    public func run(
        shouldStop: () -> Bool = { false }, observe: (Event) -> Void
    ) throws -> [(run: ReproductionPlan.Run, reason: String)] {
        _ = try results()
        var failures: [(ReproductionPlan.Run, String)] = []
        for (index, run) in plan.runs.enumerated() {
            guard try result(of: run) == nil else {
                observe(.skipped(run))
                continue
            }
            observe(.started(run, index: index, count: plan.runs.count))
            do {
                let result = try perform(run, shouldStop: shouldStop, observe: observe)
                try RunFolder.writing(file(of: run)) {
                    try JSONEncoder().encode(result).write(to: file(of: run), options: .atomic)
                }
                observe(.finished(result))
            } catch let error as RunError {
                if case .interrupted = error { throw error }
                failures.append((run, "\(error)"))
                observe(.failed(run, "\(error)"))
            } catch {
                failures.append((run, "\(error)"))
                observe(.failed(run, "\(error)"))
            }
        }
        return failures
    }

    /// The results that are there, in the order of the plan.
    /// - Throws: ``ReproductionError/otherSettings(path:)``, ``ReproductionError/otherData(path:)``, `CorpusError`.
    public func results() throws -> [RunResult] {
        struct TestSplit { var posts, contexts: Fingerprint }
        var splits: [[String]: TestSplit] = [:]
        return try plan.runs.compactMap { run in
            guard let result = try result(of: run) else { return nil }
            let key = [run.tested.rawValue, run.generator]
            let split =
                try splits[key]
                ?? {
                    let posts = try dataset(run.tested, generator: run.generator, only: [.test])[.test]
                    return TestSplit(posts: Fingerprint(posts: posts), contexts: Fingerprint(contextsOf: posts))
                }()
            splits[key] = split
            let contexts = run.configuration.context.enabled ? split.contexts : nil
            guard result.fingerprint == split.posts.title, result.contextFingerprint == contexts else {
                throw ReproductionError.otherData(path: file(of: run).path)
            }
            return result
        }
    }

    /// The result of a run, under the name that the row has in this table; nil where it is not finished.
    private func result(of run: ReproductionPlan.Run) throws -> RunResult? {
        guard var result = RunResult.read(file(of: run)) else { return nil }
        let trained = try TrainingConfiguration(
            contentsOf: RunFolder(url: output.appending(path: run.path)).configuration)
        guard trained == run.configuration else {
            throw ReproductionError.otherSettings(path: file(of: run).path)
        }
        result.variant = run.variant.name
        return result
    }

    /// Estimates the seconds that each run which is not finished would take without early stopping.
    ///
    /// Posts a second come from the epochs that are on record in the output folder; where a row has none, from a few
    /// steps of training.
    /// - Parameter observe: gets each estimate when it is there.
    public func estimateSeconds(observe: (ReproductionPlan.Run, Double) throws -> Void) throws {
        var rates: [String: Double] = [:]
        var sizes: [Benchmark: Int] = [:]
        for run in plan.runs where try result(of: run) == nil {
            let key = "\(run.trained) \(run.variant.slug)"
            let posts =
                try sizes[run.trained]
                ?? Dataset.load(folder: folder(of: run.trained), only: [.train])[.train].count
            sizes[run.trained] = posts
            let rate = try rates[key] ?? recordedRate(of: run) ?? measuredRate(of: run)
            rates[key] = rate
            try observe(run, 1.1 * Double(posts * run.configuration.training.epochs) / rate)
        }
    }

    private func folder(of benchmark: Benchmark) -> URL { benchmark.folder(in: plan.request.data) }

    private func file(of run: ReproductionPlan.Run) -> URL {
        output.appending(path: "\(run.path)/result-\(run.tested.rawValue).json")
    }

    private func dataset(_ benchmark: Benchmark, generator: String, only: Set<Split>) throws -> Dataset {
        try Dataset.load(
            folder: folder(of: benchmark), contexts: benchmark.contexts(generator, in: plan.request.data),
            images: benchmark.images(in: plan.request.data), only: only)
    }

    private func perform(
        _ run: ReproductionPlan.Run, shouldStop: () -> Bool, observe: (Event) -> Void
    ) throws -> RunResult {
        let folder = output.appending(path: run.path)
        let data = try dataset(run.trained, generator: run.generator, only: [.train, .valid])
        let session = try TrainingSession(
            run.configuration, dataset: data, contexts: run.trained.contexts(run.generator, in: plan.request.data),
            output: folder, device: device,
            resuming: FileManager.default.fileExists(atPath: RunFolder(url: folder).configuration.path))
        for note in session.notes { observe(.note(note)) }
        let outcome = try session.run(
            resuming: true, shouldStop: shouldStop, observe: { observe(.training($0)) })
        let extractor = try ModelFolder.load(
            session.folder.model, device: device, precision: run.configuration.training.precision.autocast)
        let test = try dataset(run.tested, generator: run.generator, only: [.test])
        return try RunResult(run, extractor: extractor, test: test, outcome: outcome)
    }

    /// Posts a second of the epochs of the same variant, whatever its seed.
    private func recordedRate(of run: ReproductionPlan.Run) -> Double? {
        let seeds = output.appending(path: run.path).deletingLastPathComponent()
        let runs = (try? FileManager.default.contentsOfDirectory(atPath: seeds.path)) ?? []
        let rates = runs.flatMap { name in
            ((try? RunFolder(url: seeds.appending(path: name)).readMetrics()) ?? []).compactMap { metrics in
                if case .epoch(let epoch) = metrics, epoch.postsPerSecond > 0 { epoch.postsPerSecond } else { nil }
            }
        }
        return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }

    /// Posts a second of a few steps in a folder that is thrown away.
    private func measuredRate(of run: ReproductionPlan.Run) throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shapca-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var data = try dataset(run.trained, generator: run.generator, only: [.train, .valid])
        data.splits[.train] = Array(data[.train].prefix(20 * run.configuration.training.batchSize))
        data.splits[.valid] = Array(data[.valid].prefix(1))
        let session = try TrainingSession(
            run.configuration, dataset: data, contexts: nil, output: folder, device: device, resuming: false)
        let (firstStep, lastStep) = (4, 14)
        var start = ContinuousClock.now
        var rate: Double?
        do {
            let outcome = try session.run(
                resuming: false, shouldStop: { rate != nil },
                observe: { event in
                    guard case .step(let step, _) = event else { return }
                    if step.step == firstStep { start = .now }
                    if step.step == lastStep {
                        let posts = (lastStep - firstStep) * run.configuration.training.batchSize
                        rate = Double(posts) / (ContinuousClock.now - start).seconds
                    }
                })
            return rate ?? Double(data[.train].count * outcome.epochs) / outcome.seconds
        } catch RunError.interrupted {
            return rate ?? 1
        }
    }
}
