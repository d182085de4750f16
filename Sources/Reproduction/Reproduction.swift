import Corpus
import Evaluation
import Extraction
import Foundation
import Reporting
import Support
import Torch
import Training

/// Runs a plan, one model after the other: it skips finished runs, resumes killed ones, and a run that fails does not end
/// the others.
///
/// The output folder gets a folder for every run, `runs/DATASET/ROW/GENERATOR/seed-N`, and a line for every finished one in
/// `runs/DATASET.jsonl`.
package struct Reproduction {
    /// An event of a reproduction.
    package enum Event {
        case started(ReproductionPlan.Run, index: Int, count: Int)
        case skipped(ReproductionPlan.Run)
        case note(String)
        case training(TrainingEvent)
        case finished(RunResult)
        case failed(ReproductionPlan.Run, String)

        /// The event on one line for people; nil for what happens inside a training.
        package var line: String? {
            switch self {
            case .started(let run, let index, let count): "[\(index + 1)/\(count)] \(run.title)"
            case .skipped(let run): "finished before: \(run.title)"
            case .note(let text): "  \(text)"
            case .training: nil
            case .finished(let result): "  test F1: \(result.summary)"
            case .failed(let run, let reason): "failed: \(run.title): \(reason)"
            }
        }
    }

    let plan: ReproductionPlan
    let output: URL
    private let device: Device

    /// - Parameter output: the folder that gets `runs/` and the results.
    package init(_ plan: ReproductionPlan, output: URL, device: Device) {
        self.plan = plan
        self.output = output
        self.device = device
    }

    /// Runs everything that is not finished.
    /// - Returns: the runs that failed, with the reason.
    /// - Throws: ``RunError/interrupted(step:path:)`` when asked to stop, and as ``results()``.
    package func run(
        shouldStop: () -> Bool = { false }, observe: (Event) -> Void
    ) throws -> [(run: ReproductionPlan.Run, reason: String)] {
        _ = try results()
        var failures: [(ReproductionPlan.Run, String)] = []
        for (index, run) in plan.runs.enumerated() {
            guard try result(of: run, in: file(of: run).read()) == nil else {
                observe(.skipped(run))
                continue
            }
            observe(.started(run, index: index, count: plan.runs.count))
            do {
                let result = try perform(run, shouldStop: shouldStop, observe: observe)
                let file = file(of: run)
                try RunFolder.writing(file.url) { try file.append(FinishedRun(run, result: result)) }
                try? FileManager.default.removeItem(at: RunFolder(url: output.appending(path: run.path)).checkpoint)
                observe(.finished(result))
            } catch {
                if case RunError.interrupted = error { throw error }
                failures.append((run, "\(error)"))
                observe(.failed(run, "\(error)"))
            }
        }
        return failures
    }

    /// The results that are there, in the order of the plan.
    /// - Throws: ``ReproductionError``, ``ConfigurationError``, `CorpusError`.
    package func results() throws -> [RunResult] {
        struct TestSplit {
            var posts, contexts: Fingerprint
            var parts: [String: [Int]]
            /// The gold items of each post, as the first run counted them.
            var gold: [Measure: [Int]] = [:]
        }
        var splits: [[String]: TestSplit] = [:]
        let finished = try finishedRuns()
        return try plan.runs.compactMap { run in
            guard var result = try result(of: run, in: finished[run.trained] ?? []) else { return nil }
            let key = [run.tested.rawValue, run.generator]
            let split =
                try splits[key]
                ?? {
                    let posts = try dataset(run.tested, generator: run.generator, only: [.test])[.test]
                    return TestSplit(
                        posts: Fingerprint(posts: posts), contexts: Fingerprint(contextsOf: posts), parts: posts.parts)
                }()
            splits[key] = split
            let contexts = run.configuration.context.enabled ? split.contexts : nil
            guard result.fingerprint == split.posts.title, result.contextFingerprint == contexts else {
                throw ReproductionError.otherData(run: "\(file(of: run).url.path): \(run.title)")
            }
            for (measure, measured) in result.measures {
                let gold = measured.posts.map(\.gold)
                guard gold.count == result.posts, gold == split.gold[measure] ?? gold else {
                    throw ReproductionError.damaged(
                        place: "\(file(of: run).url.path): \(run.title)",
                        reason: "its counts are not those of the test split's posts")
                }
                splits[key]?.gold[measure] = gold
            }
            result.parts = split.parts
            return result
        }
    }

    /// The finished runs of every dataset of the plan.
    /// - Throws: ``ReproductionError/damaged(place:reason:)``.
    private func finishedRuns() throws -> [StudyDataset: [FinishedRun]] {
        try plan.runs.reduce(into: [:]) { all, run in
            if all[run.trained] == nil { all[run.trained] = try file(of: run).read() }
        }
    }

    /// The result of a run, under the name that the row has in this table; nil where it is not finished.
    /// - Parameter finished: the finished runs of the dataset.
    private func result(of run: ReproductionPlan.Run, in finished: [FinishedRun]) throws -> RunResult? {
        let folder = output.appending(path: run.path)
        let line = finished.last { $0.isFinish(of: run) }
        guard let found = try line ?? FinishedRun(of: run, in: folder) else { return nil }
        let place = "\((line == nil ? folder : file(of: run).url).path): \(run.title)"
        let differences = try TrainingConfiguration(yaml: found.configuration, place: place, onto: .earlier)
            .differences(from: run.configuration)
        guard differences.isEmpty else {
            throw ReproductionError.otherSettings(run: place, differences: differences)
        }
        var result = found.result
        result.variant = run.variant.name
        return result
    }

    private func file(of run: ReproductionPlan.Run) -> ResultFile {
        ResultFile(url: output.appending(path: "runs/\(run.trained.rawValue).jsonl"))
    }

    /// Writes the table of the finished runs into the output folder.
    /// - Parameter failures: the runs that failed, with the reason.
    /// - Throws: as ``results()`` and ``ResultTable/write(to:named:)``.
    @discardableResult
    package func writeTable(failures: [(run: ReproductionPlan.Run, reason: String)] = []) throws -> ResultTable {
        let reasons = Dictionary(failures.map { ($0.run.path, $0.reason) }) { first, _ in first }
        let table = ResultTable(plan, results: try results(), failures: reasons)
        try table.write(to: output, named: table.table.rawValue)
        for dataset in Set(plan.runs.map(\.trained)) where table.table == .pictures {
            guard let chart = alignmentChart(trainedOn: dataset) else { continue }
            let file = output.appending(path: "\(table.table.rawValue)-\(dataset.rawValue)-cosines.svg")
            try RunFolder.write(Data(chart.svg.utf8), to: file)
        }
        return table
    }

    /// The time that runs would take without early stopping.
    package struct Estimate: Sendable, CustomStringConvertible {
        package let runs: String
        package let seconds: Double

        package var description: String { String(format: "%6.2f h  ", seconds / 3600) + runs }
    }

    /// Estimates each run that is not finished.
    ///
    /// Posts a second come from the epochs that are on record in the output folder; where a row has none, from a few
    /// steps of training.
    /// - Parameter observe: gets each estimate when it is there.
    /// - Returns: the estimate of all of them.
    /// - Throws: as ``results()``, and what `observe` throws.
    package func estimate(observe: (Estimate) throws -> Void) throws -> Estimate {
        var rates: [String: Double] = [:]
        var sizes: [StudyDataset: Int] = [:]
        var estimates: [Estimate] = []
        let finished = try finishedRuns()
        var trained: Set<String> = []
        for run in plan.runs where try result(of: run, in: finished[run.trained] ?? []) == nil {
            // A model that several datasets test is trained once.
            guard trained.insert(run.path).inserted else { continue }
            let key = "\(run.trained) \(run.variant.slug)"
            let posts =
                try sizes[run.trained]
                ?? Dataset.load(folder: folder(of: run.trained), only: [.train])[.train].count
            sizes[run.trained] = posts
            let limit = run.configuration.training.limit
            let learnt = limit == 0 ? posts : min(limit, posts)
            let rate = try rates[key] ?? recordedRate(of: run) ?? measuredRate(of: run)
            rates[key] = rate
            let seconds =
                1.1 * Double(learnt * run.configuration.training.epochs * run.configuration.training.passes) / rate
            estimates.append(Estimate(runs: run.title, seconds: seconds))
            try observe(estimates[estimates.count - 1])
        }
        let (count, all) = (estimates.count, plan.runs.count)
        return Estimate(
            runs: "for \(count) runs if none stops early; \(all - count) of \(all) are finished",
            seconds: estimates.reduce(0) { $0 + $1.seconds })
    }

    private func folder(of dataset: StudyDataset) -> URL { dataset.folder(in: plan.request.data) }

    private func dataset(_ dataset: StudyDataset, generator: String, only: Set<Split>) throws -> Dataset {
        try Dataset.load(
            folder: folder(of: dataset), contexts: dataset.contexts(generator, in: plan.request.contextFolder),
            images: dataset.images(in: plan.request.data), only: only)
    }

    private func perform(
        _ run: ReproductionPlan.Run, shouldStop: () -> Bool, observe: (Event) -> Void
    ) throws -> RunResult {
        let folder = RunFolder(url: output.appending(path: run.path))
        let training = try trainedBefore(run, folder) ?? train(run, folder, shouldStop: shouldStop, observe: observe)
        let extractor = try Extractor(
            modelFolder: folder.model, device: device, precision: run.configuration.training.precision.autocast)
        let test = try dataset(run.tested, generator: run.generator, only: [.test])
        return try RunResult(run, extractor: extractor, test: test, training: training)
    }

    /// The training of a model that is there and was tested on another dataset; nil where there is none.
    /// - Throws: ``RunError/otherConfiguration(path:differences:)`` where it was trained with other settings or data.
    private func trainedBefore(_ run: ReproductionPlan.Run, _ folder: RunFolder) throws -> RunResult.Trained? {
        guard folder.holdsWeights, let tested = try file(of: run).read().last(where: { $0.isTest(of: run) }) else {
            return nil
        }
        let contexts = run.trained.contexts(run.generator, in: plan.request.contextFolder)
        let data = try dataset(run.trained, generator: run.generator, only: [.train, .valid])
        _ = try RunFolder.resume(
            at: folder.url, configuration: run.configuration,
            environment: RunEnvironment(device: device, dataset: data, contexts: contexts?.lastPathComponent))
        return RunResult.Trained(tested.result)
    }

    /// Trains a model, or continues with its training.
    private func train(
        _ run: ReproductionPlan.Run, _ folder: RunFolder, shouldStop: () -> Bool, observe: (Event) -> Void
    ) throws -> RunResult.Trained {
        let data = try dataset(run.trained, generator: run.generator, only: [.train, .valid])
        let session = try TrainingSession(
            run.configuration, dataset: data,
            contexts: run.trained.contexts(run.generator, in: plan.request.contextFolder),
            output: folder.url, device: device,
            resuming: FileManager.default.fileExists(atPath: folder.configuration.path),
            card: { ModelCard($0).markdown })
        for note in session.notes { observe(.note(note)) }
        return RunResult.Trained(try session.run(shouldStop: shouldStop, observe: { observe(.training($0)) }))
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
            run.configuration, dataset: data, contexts: nil, output: folder, device: device, resuming: false,
            card: { ModelCard($0).markdown })
        let (firstStep, lastStep) = (4, 14)
        var start = ContinuousClock.now
        var rate: Double?
        do {
            let outcome = try session.run(
                shouldStop: { rate != nil },
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
