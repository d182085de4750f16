import Corpus
import Foundation

/// Micro-averaged scores of a whole split and of each type.
///
/// An item counts as correct where the same post has an equal one in the annotation; an item named twice in a post
/// counts once. The items are entities, relations, or whatever a task extracts.
public struct Scores: Sendable, Equatable, Codable {
    /// The score over all types together.
    public var overall: Score
    /// The score of each type that occurs in the annotation or the predictions.
    public var perType: [String: Score]

    /// Scores items post by post.
    /// - Parameters:
    ///   - gold: the annotated items: `[posts][items]`.
    ///   - predicted: the predicted items of the same posts in the same order.
    ///   - type: the type under which an item is counted.
    public init<Item: Hashable>(gold: [[Item]], predicted: [[Item]], type: (Item) -> String) {
        precondition(gold.count == predicted.count, "\(gold.count) gold posts, \(predicted.count) predicted ones")
        overall = Score()
        perType = [:]
        for (goldItems, predictedItems) in zip(gold, predicted) {
            let (goldSet, predictedSet) = (Set(goldItems), Set(predictedItems))
            for item in goldSet { perType[type(item), default: Score()].gold += 1 }
            for item in predictedSet { perType[type(item), default: Score()].predicted += 1 }
            for item in goldSet where predictedSet.contains(item) { perType[type(item), default: Score()].correct += 1 }
        }
        for score in perType.values { overall += score }
    }

    /// Scores entities by exact span and type, as conlleval does.
    public init(gold: [[Entity]], predicted: [[Entity]]) {
        self.init(gold: gold, predicted: predicted, type: \.type)
    }
}

extension Scores: CustomStringConvertible {
    /// A table in percent for people, a type a line in alphabetical order, all of them last.
    public var description: String {
        let names = perType.keys.sorted()
        let width = (names + ["overall"]).map(\.count).max() ?? 0
        func pad(_ text: String, to width: Int, left: Bool = false) -> String {
            let space = String(repeating: " ", count: max(0, width - text.count))
            return left ? space + text : text + space
        }
        func line(_ title: String, _ cells: [String]) -> String {
            ([pad(title, to: width)] + cells.map { pad($0, to: 9, left: true) }).joined(separator: " ")
        }
        func line(_ title: String, _ score: Score) -> String {
            let percentages = [score.precision, score.recall, score.f1].map { String(format: "%.2f", 100 * $0) }
            return line(title, percentages + [score.gold, score.predicted, score.correct].map(String.init))
        }
        let heading = line("", ["precision", "recall", "F1", "gold", "predicted", "correct"])
        return ([heading] + names.map { line($0, perType[$0] ?? Score()) } + [line("overall", overall)])
            .joined(separator: "\n")
    }
}
