import Foundation

extension ResultTable {
    /// The table and its figures as one self-contained page.
    public var html: String {
        var sections = datasets.map(section)
        let remarks = notes + missing.map { "Not finished: \($0)" }
        if !remarks.isEmpty { sections.append(HTMLPage.Section("Notes", remarks.map { .paragraph($0) })) }
        return HTMLPage(
            title: title,
            summary:
                "F1 on test splits in percent, mean and standard deviation over seeds, beside what Luo et al. (2024) "
                + "report for the row with their own encoders. Validation is the score that chose the models. The "
                + "difference is to \(reference), over the seeds that both have, with its 95 % interval by paired bootstrap over posts.",
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
                    header: Line.columns, rows: lines.map(\.cells), caption: lines[0].title, textColumns: [0, 8, 9]))
        }
        return HTMLPage.Section(first.dataset, [.paragraph(first.testSplit)] + figures + tables)
    }

    private func bars(_ lines: [Line]) -> SVGBars {
        SVGBars(
            label: "\(lines[0].title) of every row", title: "F1",
            bars: lines.map { SVGBars.Bar($0.row, 100 * $0.f1.mean, deviation: $0.f1.deviation.map { 100 * $0 }) })
    }
}
