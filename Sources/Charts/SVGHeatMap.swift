import Foundation

/// A matrix of numbers as cells of more or less colour.
package struct SVGHeatMap: SVGFigure {
    /// The colours of the cells.
    package enum Scale: Sendable {
        /// One colour, from the lowest value to the highest.
        case sequential
        /// Two colours, one for either side of zero.
        case diverging
    }

    /// The matrix in words, for people who do not see it.
    package var label: String
    package var rows: [String]
    package var columns: [String]
    /// A value a row and column; a missing one, or one that is not finite, shows as none.
    package var values: [[Double]]
    package var scale: Scale
    /// The decimals of written values.
    package var decimals: Int

    package init(
        label: String, rows: [String], columns: [String], values: [[Double]], scale: Scale = .sequential,
        decimals: Int = 2
    ) {
        (self.label, self.rows, self.columns, self.values) = (label, rows, columns, values)
        (self.scale, self.decimals) = (scale, decimals)
    }

    package var isWide: Bool { Layout(self).width > SVGCanvas.usualWidth }

    package var svg: String {
        let layout = Layout(self)
        var canvas = SVGCanvas(width: layout.width, height: layout.bottom + 34)
        drawLabels(layout, on: &canvas)
        let bounds = bounds
        let showsValues = rows.indices.allSatisfy { row in
            columns.indices.allSatisfy {
                text(value(row, $0)).estimatedWidth(fontSize: Layout.valueSize) < layout.cellWidth - 4
            }
        }
        for row in rows.indices {
            for column in columns.indices {
                let value = value(row, column)
                let corner = (x: layout.x(column), y: layout.y(row))
                canvas.rectangle(
                    at: (corner.x + 0.5, corner.y + 0.5), width: layout.cellWidth - 1, height: layout.cellHeight - 1,
                    style: style(value, in: bounds), radius: 1.5,
                    title: "\(rows[row]), \(columns[column]): \(value.readable(decimals: decimals))")
                guard showsValues else { continue }
                canvas.text(
                    text(value), at: (corner.x + layout.cellWidth / 2, corner.y + layout.cellHeight / 2 + 4),
                    anchor: .middle, color: strength(value, in: bounds) > 0.7 ? Palette.onStrong : "currentColor",
                    fontSize: Layout.valueSize)
            }
        }
        if rows.isEmpty || columns.isEmpty {
            canvas.text("no values", at: (layout.width / 2, layout.bottom - 6), anchor: .middle, opacity: 0.7)
        } else {
            drawKey(layout, bounds, on: &canvas)
        }
        return canvas.svg(label: label)
    }

    private func drawLabels(_ layout: Layout, on canvas: inout SVGCanvas) {
        for (row, label) in layout.rows.enumerated() {
            canvas.text(
                label, at: (layout.left - 8, layout.y(row) + layout.cellHeight / 2 + 4.5), anchor: .end,
                title: label == rows[row] ? nil : rows[row])
        }
        for (column, label) in layout.columns.enumerated() {
            let center = layout.x(column) + layout.cellWidth / 2
            canvas.text(
                label, at: (layout.isSlanted ? center + 4 : center, layout.top - 7),
                anchor: layout.isSlanted ? .start : .middle, rotation: layout.isSlanted ? -45 : 0,
                title: label == columns[column] ? nil : columns[column])
        }
    }

    /// The colours from the least to the greatest value.
    private func drawKey(_ layout: Layout, _ bounds: ClosedRange<Double>, on canvas: inout SVGCanvas) {
        let (steps, width, height, y) = (24, 6.0, 10.0, layout.bottom + 14)
        let (low, high) = (bounds.lowerBound, bounds.upperBound)
        let start = 4 + low.readable(decimals: decimals).estimatedWidth(fontSize: SVGCanvas.fontSize)
        canvas.text(low.readable(decimals: decimals), at: (start - 4, y + 9.5), anchor: .end, opacity: 0.75)
        for step in 0..<steps {
            let share = Double(step) / Double(steps - 1)
            let value = low * (1 - share) + high * share
            canvas.rectangle(
                at: (start + width * Double(step), y), width: width, height: height,
                style: style(value, in: bounds) + "; shape-rendering: crispEdges")
        }
        canvas.text(high.readable(decimals: decimals), at: (start + width * Double(steps) + 4, y + 9.5), opacity: 0.75)
    }

    private func value(_ row: Int, _ column: Int) -> Double {
        row < values.count && column < values[row].count ? values[row][column] : .nan
    }

    private func text(_ value: Double) -> String { value.isFinite ? value.readable(decimals: decimals) : "–" }

    /// The values with no and with full colour; zero is in the middle of a scale of two colours.
    private var bounds: ClosedRange<Double> {
        let shown = rows.indices.flatMap { row in columns.indices.map { value(row, $0) } }.filter(\.isFinite)
        switch scale {
        case .sequential: return (shown.min() ?? 0)...(shown.max() ?? 0)
        case .diverging:
            let size = shown.map(abs).max() ?? 0
            return -size...size
        }
    }

    /// The share of colour of a value, from 0 to 1.
    private func strength(_ value: Double, in bounds: ClosedRange<Double>) -> Double {
        guard value.isFinite, bounds.upperBound > bounds.lowerBound else { return 0 }
        return switch scale {
        case .sequential: (value / 2 - bounds.lowerBound / 2) / (bounds.upperBound / 2 - bounds.lowerBound / 2)
        case .diverging: abs(value) / bounds.upperBound
        }
    }

    private func style(_ value: Double, in bounds: ClosedRange<Double>) -> String {
        guard value.isFinite else { return "fill: none; stroke: currentColor; stroke-opacity: 0.2" }
        let color =
            switch scale {
            case .sequential: Palette.series(0)
            case .diverging: value < 0 ? Palette.negative : Palette.positive
            }
        return "fill: \(color); fill-opacity: "
            + String(format: "%.3f", 0.06 + 0.94 * strength(value, in: bounds))
    }
}

extension SVGHeatMap {
    /// The places of a heat map's parts.
    struct Layout {
        /// The size of digits in cells.
        static let valueSize = 11.0

        /// Labels as far as there is room for them.
        let rows: [String]
        let columns: [String]
        /// Whether the columns' labels are too wide to be upright.
        let isSlanted: Bool
        let cellWidth: Double
        let cellHeight: Double
        let left: Double
        let top: Double
        let bottom: Double
        let width: Double

        init(_ map: SVGHeatMap) {
            let fontSize = SVGCanvas.fontSize
            func widest(_ labels: [String]) -> Double {
                labels.map { $0.estimatedWidth(fontSize: fontSize) }.max() ?? 0
            }
            rows = map.rows.map { $0.shortened(toWidth: 190, fontSize: fontSize) }
            columns = map.columns.map { $0.shortened(toWidth: 190, fontSize: fontSize) }
            left = widest(rows) + 10
            let count = Double(max(columns.count, 1))
            let roomy = min(max((SVGCanvas.usualWidth - left) / count, 20), 64)
            isSlanted = widest(columns) > roomy - 4
            // Slanted labels reach beyond the last column.
            let overhangs = columns.reversed().enumerated().map { 0.71 * widest([$1]) - 20 * Double($0) }
            let overhang = isSlanted ? max(overhangs.max() ?? 0, 0) : 0
            cellWidth =
                isSlanted ? min(max((SVGCanvas.usualWidth - left - overhang) / count, 20), 64) : roomy
            cellHeight = min(max(cellWidth, 22), 34)
            top = isSlanted ? 0.71 * widest(columns) + 18 : 24
            bottom = top + cellHeight * Double(max(map.rows.count, 1))
            width = max(left + cellWidth * count + overhang, SVGCanvas.usualWidth)
        }

        func x(_ column: Int) -> Double { left + cellWidth * Double(column) }
        func y(_ row: Int) -> Double { top + cellHeight * Double(row) }
    }
}
