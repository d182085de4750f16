import Evaluation
import Foundation
import Training

/// The finished runs of a table: a line for every row, dataset and measure, beside the paper's number.
package struct ResultTable: Sendable, Encodable {
    /// One number with the protocol of its measurement.
    package struct Line: Sendable, Encodable {
        package var row: String
        package var trained: StudyDataset
        package var tested: StudyDataset
        package var measure: Measure
        /// F1 over the seeds, as fractions.
        package var f1: Summary
        /// The same of every seed.
        package var seeds: [Int: Double]
        package var precision: Double
        package var recall: Double
        /// The best F1 on the validation split by the score that chose the models, the mean over seeds.
        package var validationF1: Double
        /// F1 in percent as the paper reports it.
        package var published: Double?
        /// The row less the reference row, on the same posts and seeds.
        package var difference: PairedBootstrap?
        package var gold: Int
        package var posts: Int
        package var contexts: Int
        package var pictures: Int
        package var generator: String
        package var textEncoder: String
        package var imageEncoder: String?
        package var fingerprint: String
        package var hours: Double
    }

    package var table: Experiment
    package var title: String
    /// The row that the others are compared to.
    package var reference: String
    package var lines: [Line] = []
    /// Runs that failed or are not finished.
    package var missing: [String]
    package var notes: [String]

    /// The measures that tables print, in this order; the first that a task has is the main one.
    private static let measures: [Measure] = [
        .relations, .jointUnordered, .jointStrict, .jointBoundaries, .entities,
    ]

    /// The lines as they are read: those of a dataset in one group, and in it those of a measure.
    var datasets: [[[Line]]] {
        var groups: [[Line]] = []
        for line in lines {
            if let last = groups.last?.first, last.trained == line.trained, last.tested == line.tested {
                groups[groups.count - 1].append(line)
            } else {
                groups.append([line])
            }
        }
        return groups.map { group in
            Self.measures.map { measure in group.filter { $0.measure == measure } }.filter { !$0.isEmpty }
        }
    }

    /// - Parameters:
    ///   - failures: of the runs that failed, with the reason.
    package init(_ plan: ReproductionPlan, results: [RunResult], failures: [String: String] = [:]) {
        table = plan.request.experiment
        title = table.title
        reference = plan.runs.first(where: \.isReference)?.variant.name ?? Variant.exact.name
        notes = plan.notes
        missing = plan.runs.filter { run in !results.contains { $0.belongs(to: run) } }
            .map { run in failures[run.path].map { "\(run.title): \($0)" } ?? "\(run.title): not finished" }
        let rows = plan.runs.filter { $0.seed == 1 }.map { run in
            (run: run, runs: results.filter { $0.isRow(of: run) })
        }
        for (run, runs) in rows where !runs.isEmpty {
            let reference = rows.first { $0.run.isReference && $0.run.trained == run.trained }
            let against = run.isReference ? [] : reference?.runs ?? []
            for measure in Self.measures where runs[0].measures[measure] != nil {
                if let line = Line(run.variant, runs: runs, measure: measure, against: against) { lines.append(line) }
            }
        }
    }
}

extension RunResult {
    fileprivate func isRow(of run: ReproductionPlan.Run) -> Bool {
        variant == run.variant.name && trained == run.trained && tested == run.tested && generator == run.generator
    }

    fileprivate func belongs(to run: ReproductionPlan.Run) -> Bool { isRow(of: run) && seed == run.seed }
}

extension ResultTable.Line {
    fileprivate init?(_ variant: Variant, runs: [RunResult], measure: Measure, against: [RunResult]) {
        let scores = runs.compactMap { $0.measures[measure]?.score }
        guard let first = runs.first, let f1 = Summary(scores.map(\.f1)) else { return nil }
        row = variant.name
        trained = first.trained
        tested = first.tested
        self.measure = measure
        self.f1 = f1
        seeds = Dictionary(uniqueKeysWithValues: zip(runs.map(\.seed), scores.map(\.f1)))
        precision = scores.reduce(0) { $0 + $1.precision } / Double(scores.count)
        recall = scores.reduce(0) { $0 + $1.recall } / Double(scores.count)
        validationF1 = runs.reduce(0) { $0 + $1.validationF1 } / Double(runs.count)
        published = variant.published[Variant.Column(first.trained, tested: first.tested, measure)]
        gold = scores[0].gold
        posts = first.posts
        contexts = first.contexts
        pictures = first.pictures
        generator = first.generator
        textEncoder = first.textEncoder
        imageEncoder = first.imageEncoder
        fingerprint = first.fingerprint
        hours = runs.reduce(0) { $0 + $1.seconds } / 3600
        difference = Self.compare(runs, against, measure: measure)
    }

    /// Both rows over the seeds that both have; a post with all its seeds is one item, as seeds fail on the same posts.
    private static func compare(_ runs: [RunResult], _ others: [RunResult], measure: Measure) -> PairedBootstrap? {
        let seeds = runs.compactMap { run -> (mine: [Score], theirs: [Score])? in
            guard let other = others.first(where: { $0.seed == run.seed }), other.fingerprint == run.fingerprint,
                let mine = run.measures[measure]?.posts, let theirs = other.measures[measure]?.posts
            else { return nil }
            return (mine, theirs)
        }
        guard let posts = seeds.first?.mine.indices else { return nil }
        return PairedBootstrap(
            posts.map { post in seeds.reduce(into: Score()) { $0 += $1.mine[post] } },
            posts.map { post in seeds.reduce(into: Score()) { $0 += $1.theirs[post] } }, resamples: 2000)
    }
}
