import Foundation

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
