import Foundation

extension ResultTable {
    /// The table and its figures as one self-contained page.
    public var html: String {
        var groups: [[Line]] = []
        for line in lines {
            if let last = groups.last?.first, last.isBeside(line) {
                groups[groups.count - 1].append(line)
            } else {
                groups.append([line])
            }
        }
        var sections = groups.map(section)
        let remarks = notes + missing.map { "Not finished: \($0)" }
        if !remarks.isEmpty { sections.append(HTMLPage.Section("Notes", remarks.map { .paragraph($0) })) }
        return HTMLPage(
            title: title,
            summary:
                "F1 on test splits in percent, mean and standard deviation over seeds, beside what Luo et al. (2024) "
                + "report for the row with their own encoders. Validation is the score that chose the models. The "
                + "difference is to \(reference), by paired bootstrap over posts and over the seeds of both, with its 95 % interval.",
            sections: sections
        ).html
    }

    private func section(_ lines: [Line]) -> HTMLPage.Section {
        let first = lines[0]
        var blocks: [HTMLPage.Block] = [.paragraph("Test split \(first.fingerprint): \(first.posts) posts.")]
        for measure in Self.measures {
            let rows = lines.filter { $0.measure == measure }
            guard let first = rows.first else { continue }
            let bars = rows.map { line in
                SVGBars.Bar(line.row, 100 * line.f1.mean, deviation: line.f1.deviation.map { 100 * $0 })
            }
            blocks.append(
                .figure(
                    SVGBars(
                        label: "\(measure.rawValue): F1 of every row", title: "F1, \(measure.rawValue)", bars: bars),
                    caption: "\(measure.rawValue), \(first.gold) gold items"))
        }
        blocks.append(.table(HTMLTable(header: Line.columns, rows: lines.map(\.cells), textColumns: [0, 1, 9, 10])))
        return HTMLPage.Section("\(first.trained.title(testedOn: first.tested))", blocks)
    }
}
