import Evaluation
import Extraction
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
        /// The part of the test posts that is scored, where it is not all.
        package var part: String?
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
        /// What this row is compared to.
        package var differences: [Difference]
        /// What the alignment has reached on the validation split, the mean over seeds.
        package var alignment: AlignmentDiagnosis?
        /// How well own cosines tell related pictures, the mean over seeds.
        package var relatedness: RunResult.Relatedness?
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

    /// A row less another one, over the seeds of both and the posts.
    package struct Difference: Sendable, Encodable {
        /// The name of the other row.
        package let reference: String
        package let bootstrap: CrossedBootstrap
    }

    package var table: Experiment
    package var title: String
    package var lines: [Line] = []
    /// Runs that failed or are not finished.
    package var missing: [String]
    package var notes: [String]

    /// The measures that tables print, in this order; the first that a task has is the main one.
    private static let measures: [Measure] = [
        .relations, .jointUnordered, .jointStrict, .jointBoundaries, .entities,
    ]

    /// The lines as they are read: those of a dataset in one group, and in it those of a measure.
    package var datasets: [[[Line]]] {
        let groups = lines.reduce(into: [[Line]]()) { groups, line in
            let place = groups.firstIndex { $0[0].trained == line.trained && $0[0].tested == line.tested }
            if let place { groups[place].append(line) } else { groups.append([line]) }
        }
        return groups.map { group in
            Self.measures.flatMap { measure in
                ([nil] + Set(group.compactMap(\.part)).sorted()).map { part in
                    group.filter { $0.measure == measure && $0.part == part }
                }
            }.filter { !$0.isEmpty }
        }
    }

    /// - Parameters:
    ///   - failures: of the runs that failed, with the reason.
    package init(_ plan: ReproductionPlan, results: [RunResult], failures: [String: String] = [:]) {
        table = plan.request.experiment
        title = table.title
        notes = plan.notes
        missing = plan.runs.filter { run in !results.contains { $0.belongs(to: run) } }
            .map { run in failures[run.path].map { "\(run.title): \($0)" } ?? "\(run.title): not finished" }
        let rows = plan.runs.filter { $0.seed == plan.request.seeds.lowerBound }.map { run in
            (run: run, runs: results.filter { $0.isRow(of: run) })
        }
        for (run, runs) in rows where !runs.isEmpty {
            let against = rows.filter { run.isCompared(to: $0.run) && !$0.runs.isEmpty }.map(\.runs)
            for measure in Self.measures where runs[0].measures[measure] != nil {
                for part in [nil] + runs[0].parts.keys.sorted() {
                    if let line = Line(run.variant, runs: runs, measure: measure, part: part, against: against) {
                        lines.append(line)
                    }
                }
            }
        }
    }
}

extension ReproductionPlan.Run {
    /// Whether this row of the table is compared to another one.
    fileprivate func isCompared(to other: ReproductionPlan.Run) -> Bool {
        guard trained == other.trained, tested == other.tested, path != other.path else { return false }
        guard !variant.comparedTo.isEmpty else { return other.isReference }
        return variant.comparedTo.contains(other.variant.slug) && generator == other.generator
    }
}

extension RunResult {
    fileprivate func isRow(of run: ReproductionPlan.Run) -> Bool {
        variant == run.variant.name && trained == run.trained && tested == run.tested && generator == run.generator
    }

    fileprivate func belongs(to run: ReproductionPlan.Run) -> Bool { isRow(of: run) && seed == run.seed }
}

extension ResultTable.Line {
    fileprivate init?(
        _ variant: Variant, runs: [RunResult], measure: Measure, part: String?, against: [[RunResult]]
    ) {
        let posts = runs.compactMap { $0.scores(measure, of: part) }
        let scores = posts.map { $0.reduce(into: Score()) { $0 += $1 } }
        guard let first = runs.first, let f1 = Summary(scores.map(\.f1)) else { return nil }
        row = variant.name
        trained = first.trained
        tested = first.tested
        self.measure = measure
        self.part = part
        self.f1 = f1
        seeds = Dictionary(uniqueKeysWithValues: zip(runs.map(\.seed), scores.map(\.f1)))
        precision = scores.reduce(0) { $0 + $1.precision } / Double(scores.count)
        recall = scores.reduce(0) { $0 + $1.recall } / Double(scores.count)
        validationF1 = runs.reduce(0) { $0 + $1.validationF1 } / Double(runs.count)
        published = variant.published[Variant.Column(first.trained, tested: first.tested, measure)]
        gold = scores[0].gold
        self.posts = posts[0].count
        contexts = first.contexts
        pictures = first.pictures
        generator = first.generator
        textEncoder = first.textEncoder
        imageEncoder = first.imageEncoder
        fingerprint = first.fingerprint
        hours = runs.reduce(0) { $0 + $1.seconds } / 3600
        differences = against.compactMap { others in
            let theirs = others.compactMap { $0.scores(measure, of: part) }
            guard !theirs.isEmpty else { return nil }
            return ResultTable.Difference(reference: others[0].variant, bootstrap: CrossedBootstrap(posts, theirs))
        }
        alignment = AlignmentDiagnosis(meanOf: runs.compactMap(\.alignment))
        relatedness = RunResult.Relatedness(meanOf: runs.compactMap(\.relatedness))
    }

    /// The fewest seeds of a row whose difference to another is more than a hint.
    package static let fewestSeeds = 5

    /// Whether the row, or one that it is compared to, has too few seeds to conclude anything from.
    package var isExploratory: Bool {
        let seeds = differences.map { min($0.bootstrap.firstSeeds, $0.bootstrap.secondSeeds) } + [f1.count]
        return seeds.contains { $0 < Self.fewestSeeds }
    }
}

extension RunResult {
    /// The scores of each test post, or of each of a part; nil where the measure or the part is not there.
    fileprivate func scores(_ measure: Measure, of part: String?) -> [Score]? {
        guard let posts = measures[measure]?.posts else { return nil }
        guard let part else { return posts }
        return parts[part].map { $0.map { posts[$0] } }
    }
}

/// The mean of some numbers; nil where there are none.
private func mean(_ values: [Double?]) -> Double? {
    let values = values.compactMap { $0 }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

extension AlignmentDiagnosis {
    /// The mean over runs; nil where no run aligns anything.
    init?(meanOf runs: [AlignmentDiagnosis]) {
        func side(_ sides: [Side]) -> Side? {
            guard let own = mean(sides.map(\.own)), let others = mean(sides.map(\.others)),
                let top1 = mean(sides.map(\.top1))
            else { return nil }
            return Side(own: own, others: others, top1: top1, swapped: mean(sides.map(\.swapped)))
        }
        guard !runs.isEmpty else { return nil }
        self.init(text: side(runs.compactMap(\.text)), picture: side(runs.compactMap(\.picture)))
    }
}

extension RunResult.Relatedness {
    /// The mean over runs; nil where no run has any.
    fileprivate init?(meanOf runs: [RunResult.Relatedness]) {
        guard !runs.isEmpty else { return nil }
        self.init(text: mean(runs.map(\.text)), picture: mean(runs.map(\.picture)))
    }
}
