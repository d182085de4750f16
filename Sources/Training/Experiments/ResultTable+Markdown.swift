import Foundation

extension ResultTable {
    /// The table with the protocol beside every number.
    public var markdown: String {
        var text = "# \(title)\n\nF1 on test splits in percent: mean and standard deviation over seeds. "
        text += "\"Paper\" is what Luo et al. (2024) report for the row with their own encoders. "
        text += "\"Validation\" is the score that chose the models, on the validation split. "
        text +=
            "The difference is to \(reference), by paired bootstrap over posts and over the seeds of both, with its 95 % interval.\n"
        for (index, line) in lines.enumerated() {
            if index == 0 || !line.isBeside(lines[index - 1]) { text += heading(line) }
            text += "| \(line.cells.joined(separator: " | ")) |\n"
        }
        if !notes.isEmpty { text += "\n" + notes.map { "- \($0)\n" }.joined() }
        if !missing.isEmpty {
            text += "\n## Not finished\n\n" + missing.map { "- \($0)\n" }.joined()
        }
        return text
    }

    private func heading(_ line: Line) -> String {
        let names = Line.columns
        let rule = names.map { _ in "---" }.joined(separator: " | ")
        return
            "\n## \(line.trained.title(testedOn: line.tested))\n\nTest split \(line.fingerprint): \(line.posts) posts.\n\n"
            + "| \(names.joined(separator: " | ")) |\n| \(rule) |\n"
    }
}

extension ResultTable.Line {
    /// Whether the line belongs to the same dataset as another.
    func isBeside(_ other: Self) -> Bool { trained == other.trained && tested == other.tested }

    /// The names of ``cells``.
    static let columns = [
        "row", "measure", "F1", "P", "R", "validation", "paper", "difference", "seeds", "encoders", "contexts", "hours",
    ]

    /// The columns of the table in text.
    var cells: [String] {
        func percent(_ fraction: Double) -> String { String(format: "%.2f", 100 * fraction) }
        let spread = f1.deviation.map { " ± " + percent($0) } ?? ""
        let change =
            difference.map { difference in
                String(
                    format: "%+.2f [%+.2f, %+.2f]", 100 * difference.difference, 100 * difference.lower,
                    100 * difference.upper)
            } ?? ""
        let seen = imageEncoder.map { "\($0), \(pictures) pictures" } ?? "no pictures"
        return [
            row, "\(measure.rawValue) (\(gold) gold)", percent(f1.mean) + spread, percent(precision), percent(recall),
            percent(validationF1), published.map { String(format: "%.2f", $0) } ?? "", change, "\(f1.count)",
            "\(textEncoder), \(seen)",
            contexts > 0 ? "\(generator) (\(contexts))" : "none", String(format: "%.2f", hours),
        ]
    }
}
