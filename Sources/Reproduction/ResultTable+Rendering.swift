import Charts
import Extraction
import Foundation
import Support
import Training

extension ResultTable {
    /// Writes `results.json`, `results.md` and `results.html`, and the same under the table's own name, each whole or not at all;
    /// and the curves of a figure by its main measure, `NAME-DATASET.svg`.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package func write(to folder: URL, named name: String) throws {
        let files = [
            ("json", try JSONEncoder.readable.encode(self)), ("md", Data(markdown.utf8)), ("html", Data(html.utf8)),
        ]
        try RunFolder.writing(folder) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
        for (ending, data) in files {
            for stem in ["results", name] {
                try RunFolder.write(data, to: folder.appending(path: "\(stem).\(ending)"))
            }
        }
        for measures in datasets {
            guard let chart = chart(measures[0]) else { continue }
            let file = folder.appending(path: "\(name)-\(measures[0][0].trained.rawValue).svg")
            try RunFolder.write(Data(chart.svg.utf8), to: file)
        }
    }
}

extension ResultTable {
    /// The table with the protocol beside every number.
    package var markdown: String {
        var text = "# \(title.escapedForMarkdown)\n\n"
        text += "F1 on test splits in percent: mean and standard deviation over seeds. "
        text += "\"Paper\" is what Luo et al. (2024) report for the row with their own encoders. "
        text += "\"Validation\" is the score that chose the models, on the validation split. "
        text += Self.protocolOfDifferences + "\n"
        for dataset in datasets {
            let first = dataset[0][0]
            text += "\n## \(first.dataset.escapedForMarkdown)\n\n\(first.testSplit.escapedForMarkdown)\n"
            for lines in dataset {
                text += "\n### \(lines[0].title.escapedForMarkdown)\n\n"
                text += row(Line.columns) + row(Line.columns.map { _ in "---" })
                for line in lines { text += row(line.cells) }
            }
        }
        if showsCosines { text += "\n\(Self.protocolOfCosines)\n" }
        if !notes.isEmpty { text += "\n" + notes.map { "- \($0.escapedForMarkdown)\n" }.joined() }
        if !missing.isEmpty {
            text += "\n## Not finished\n\n" + missing.map { "- \($0.escapedForMarkdown)\n" }.joined()
        }
        return text
    }

    private var showsCosines: Bool { lines.contains { $0.alignment != nil } }

    private static let protocolOfDifferences =
        "The difference to another row has a 95 % interval over seeds and posts (a crossed bootstrap), or over posts alone "
        + "where a row has one seed; rows with fewer than \(Line.fewestSeeds) seeds are exploratory."

    private static let protocolOfCosines =
        "Cosines are those of texts (pictures) with their own contexts / with others', on the validation split; in brackets "
        + "that of texts with a foreign context read as their own. AUC is how well the own cosines tell posts with a related "
        + "picture from the others, by text / by picture."

    private func row(_ cells: [String]) -> String {
        "| \(cells.map(\.escapedForMarkdown).joined(separator: " | ")) |\n"
    }
}

extension ResultTable.Line {
    /// The dataset's name, for a heading.
    var dataset: String { trained.title(testedOn: tested) }

    /// The test split of the row.
    var testSplit: String { "Test split \(fingerprint): \(posts) posts." }

    /// The measure and its number of gold items.
    var title: String {
        let posts = part.map { ", posts whose \($0 == "text" ? "words decide" : "\($0) decides")" } ?? ""
        return "F1, \(measure.rawValue)\(posts), \(gold) gold items"
    }

    /// The names of ``cells``.
    static let columns = [
        "row", "F1", "P", "R", "validation", "paper", "difference", "seeds", "texts", "pictures", "AUC",
        "encoders", "contexts", "hours",
    ]

    /// The columns of the table in text.
    var cells: [String] {
        func percent(_ fraction: Double) -> String { String(format: "%.2f", 100 * fraction) }
        let spread = f1.deviation.map { " ± " + percent($0) } ?? ""
        let changes = differences.map { difference in
            let change = difference.bootstrap
            return String(
                format: "%+.2f [%+.2f, %+.2f] to ", 100 * change.difference, 100 * change.lower, 100 * change.upper)
                + difference.reference
        }
        let seen = imageEncoder.map { "\($0), \(pictures) pictures" } ?? "no pictures"
        return [
            row, percent(f1.mean) + spread, percent(precision), percent(recall),
            percent(validationF1), published.map { String(format: "%.2f", $0) } ?? "", changes.joined(separator: "; "),
            "\(f1.count)" + (isExploratory ? " (exploratory)" : ""), Self.cosines(alignment?.text),
            Self.cosines(alignment?.picture), Self.areas(relatedness), "\(textEncoder), \(seen)",
            contexts > 0 ? "\(generator) (\(contexts))" : "none", String(format: "%.2f", hours),
        ]
    }
}

extension ResultTable.Line {
    private static func cosines(_ side: AlignmentDiagnosis.Side?) -> String {
        guard let side else { return "" }
        let swapped = side.swapped.map { String(format: " (%.2f)", $0) } ?? ""
        return String(format: "%.2f / %.2f", side.own, side.others) + swapped
    }

    private static func areas(_ relatedness: RunResult.Relatedness?) -> String {
        guard let relatedness else { return "" }
        return [relatedness.text, relatedness.picture].map { $0.map { String(format: "%.2f", $0) } ?? "-" }
            .joined(separator: " / ")
    }
}

extension ResultTable {
    /// The table and its figures as one self-contained page.
    package var html: String {
        var sections = datasets.map(section)
        let remarks = notes + missing.map { "Not finished: \($0)" }
        if !remarks.isEmpty { sections.append(HTMLPage.Section("Notes", remarks.map { .paragraph($0) })) }
        return HTMLPage(
            title: title,
            summary:
                "F1 on test splits in percent, mean and standard deviation over seeds, beside what Luo et al. (2024) "
                + "report for the row with their own encoders. Validation is the score that chose the models. "
                + ([Self.protocolOfDifferences] + (showsCosines ? [Self.protocolOfCosines] : [])).joined(separator: " "),
            sections: sections
        ).html
    }

    /// The figures of a dataset, and below them the tables.
    private func section(_ measures: [[Line]]) -> HTMLPage.Section {
        let first = measures[0][0]
        let figures = measures.map { lines in
            HTMLPage.Block.figure(chart(lines) ?? bars(lines), caption: lines[0].title)
        }
        let tables = measures.map { lines in
            HTMLPage.Block.table(
                HTMLTable(
                    header: Line.columns, rows: lines.map(\.cells), caption: lines[0].title,
                    textColumns: [0, 6, 11, 12]))
        }
        return HTMLPage.Section(first.dataset, [.paragraph(first.testSplit)] + figures + tables)
    }

    private func bars(_ lines: [Line]) -> SVGBars {
        SVGBars(
            label: "\(lines[0].title) of every row", title: "F1",
            bars: lines.map { SVGBars.Bar($0.row, 100 * $0.f1.mean, deviation: $0.f1.deviation.map { 100 * $0 }) })
    }
}

extension ResultTable {
    /// F1 in percent over what the rows of a figure sweep.
    /// - Parameter lines: of one dataset and measure.
    /// - Returns: nil for a table, and where no curve has two points.
    func chart(_ lines: [Line]) -> SVGChart? {
        guard let sweep = table.sweep else { return nil }
        let series = sweep.curves.map { curve in
            SVGChart.Series(
                curve.name,
                curve.points.compactMap { point in
                    lines.first { $0.row == point.variant.name }.map { line in
                        SVGChart.Point(
                            x: point.value, y: 100 * line.f1.mean, deviation: line.f1.deviation.map { 100 * $0 })
                    }
                })
        }.filter { $0.points.count > 1 }
        guard !series.isEmpty else { return nil }
        return SVGChart(label: "\(lines[0].title) by \(sweep.axis)", xTitle: sweep.axis, yTitle: "F1", series: series)
    }
}
