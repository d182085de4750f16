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
