import Foundation

extension ResultTable {
    /// The table with the protocol beside every number.
    public var markdown: String {
        var text = "# \(title)\n\nF1 on test splits in percent: mean and standard deviation over seeds. "
        text += "\"Paper\" is what Luo et al. (2024) report for the row with their own encoders. "
        text += "\"Validation\" is the score that chose the models, on the validation split. "
        text +=
            "The difference is to \(reference), over the seeds that both have, with its 95 % interval by paired bootstrap over posts.\n"
        for dataset in datasets {
            text += "\n## \(dataset[0][0].dataset)\n\n\(dataset[0][0].testSplit)\n"
            for lines in dataset {
                text += "\n### \(lines[0].title)\n\n"
                text += row(Line.columns) + row(Line.columns.map { _ in "---" })
                for line in lines { text += row(line.cells) }
            }
        }
        if !notes.isEmpty { text += "\n" + notes.map { "- \($0)\n" }.joined() }
        if !missing.isEmpty {
            text += "\n## Not finished\n\n" + missing.map { "- \($0)\n" }.joined()
        }
        return text
    }

    private func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
}

extension ResultTable.Line {
    /// The dataset's name, for a heading.
    var dataset: String { trained.title(testedOn: tested) }

    /// What the row was tested on.
    var testSplit: String { "Test split \(fingerprint): \(posts) posts." }

    /// What is measured, and on how many gold items.
    var title: String { "F1, \(measure.rawValue), \(gold) gold items" }

    /// The names of ``cells``.
    static let columns = [
        "row", "F1", "P", "R", "validation", "paper", "difference", "seeds", "encoders", "contexts", "hours",
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
            row, percent(f1.mean) + spread, percent(precision), percent(recall),
            percent(validationF1), published.map { String(format: "%.2f", $0) } ?? "", change, "\(f1.count)",
            "\(textEncoder), \(seen)",
            contexts > 0 ? "\(generator) (\(contexts))" : "none", String(format: "%.2f", hours),
        ]
    }
}
