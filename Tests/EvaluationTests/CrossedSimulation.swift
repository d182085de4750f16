import Evaluation
import Foundation
import Support

/// Rows of a table whose true difference is known.
///
/// An item is right where the sum of its row's skill, the ease of its post for all, the ease of its post for the row,
/// the luck of the seed, the luck of the seed on the post, and its own is above 0; all but the skill are normal. Half
/// of the items that are not right are missing from the predictions, the others are predicted wrongly.
struct CrossedSimulation {
    var posts = 200
    /// The skill of each row; 1.8 makes an F1 of about 0.81.
    var skills = (1.9, 1.8)
    /// The number of seeds of each row.
    var seeds = (3, 3)
    /// The standard deviation of F1 that the luck of seeds makes, a fraction.
    var seedDeviation = 0.01
    var postDeviation = 1.5
    var rowOnPostDeviation = 0.5
    var seedOnPostDeviation = 0.5

    /// The expected mean F1 of the first row less that of the second, over new seeds and new posts.
    var difference: Double { f1(skill: skills.0) - f1(skill: skills.1) }

    /// The deviation of skill from seed to seed.
    private var luck: Double {
        let slope = (f1(of: skills.0 + 0.01) - f1(of: skills.0 - 0.01)) / 0.02
        return seedDeviation / slope
    }

    /// The F1 of a row, a seed without luck.
    private func f1(of skill: Double) -> Double {
        let squares = [1, postDeviation, rowOnPostDeviation, seedOnPostDeviation].map { $0 * $0 }
        let correct = 0.5 * erfc(-skill / (2 * squares.reduce(0, +)).squareRoot())
        return 2 * correct / (1 + correct + (1 - correct) / 2)
    }

    /// The expected F1 of a row, by the trapezoid rule over the luck of seeds.
    private func f1(skill: Double) -> Double {
        let points = stride(from: -6.0, through: 6, by: 0.05).map { (luck: $0, density: exp(-$0 * $0 / 2)) }
        return points.reduce(0) { $0 + $1.density * f1(of: skill + luck * $1.luck) }
            / points.reduce(0) { $0 + $1.density }
    }

    /// Draws posts and seeds: `[seeds][posts]` of both rows.
    func draw(using generator: inout SplitMix64) -> (first: [[Score]], second: [[Score]]) {
        let luck = luck
        let annotation = (0..<posts).map { _ in
            (gold: 1 + generator.index(below: 3), ease: postDeviation * Self.normal(&generator))
        }
        func row(_ skill: Double, seeds: Int) -> [[Score]] {
            let ease = annotation.map { $0.ease + rowOnPostDeviation * Self.normal(&generator) }
            return (0..<seeds).map { _ in
                let skill = skill + luck * Self.normal(&generator)
                return annotation.indices.map { post in
                    let sum = skill + ease[post] + seedOnPostDeviation * Self.normal(&generator)
                    let probability = 0.5 * erfc(-sum / 2.0.squareRoot())
                    var score = Score(gold: annotation[post].gold)
                    for _ in 0..<score.gold {
                        let draw = Double.random(in: 0..<1, using: &generator)
                        if draw < probability { score.correct += 1 }
                        if draw < (1 + probability) / 2 { score.predicted += 1 }
                    }
                    return score
                }
            }
        }
        return (row(skills.0, seeds: seeds.0), row(skills.1, seeds: seeds.1))
    }

    /// A draw from the standard normal distribution, by Box and Muller.
    private static func normal(_ generator: inout SplitMix64) -> Double {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
    }
}

extension CrossedSimulation {
    /// What many experiments show.
    struct Outcome {
        /// The share of intervals that have the true difference in them.
        var coverage: Double
        /// The mean length of the intervals, relative to 3.92 standard deviations of the differences found.
        var relativeLength: Double
    }

    /// Repeats the experiment with new posts and new seeds.
    /// - Parameter interval: of both rows, its draws from a start of their own.
    func run(
        experiments: Int, seed: UInt64 = 1,
        interval: ([[Score]], [[Score]], UInt64) -> (difference: Double, lower: Double, upper: Double)
    ) -> Outcome {
        var generator = SplitMix64(seed: seed)
        let truth = difference
        let intervals = (0..<experiments).map { _ in
            let rows = draw(using: &generator)
            return interval(rows.first, rows.second, generator.next())
        }
        let length = intervals.reduce(0) { $0 + $1.upper - $1.lower } / Double(experiments)
        let deviation = Summary(intervals.map(\.difference))?.deviation ?? 0
        return Outcome(
            coverage: Double(intervals.count { ($0.lower...$0.upper).contains(truth) }) / Double(experiments),
            relativeLength: length / (2 * 1.96 * deviation))
    }
}
