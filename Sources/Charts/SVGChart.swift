import Foundation

/// A line chart: one or several series of numbers over another number.
///
/// A value that is not finite leaves a gap. Where points have deviations, a band around the line shows them.
package struct SVGChart: SVGFigure {
    /// A value of a series.
    package struct Point: Sendable, Equatable {
        package var x: Double
        package var y: Double
        /// The spread of values to either side of `y`.
        package var deviation: Double?

        package init(x: Double, y: Double, deviation: Double? = nil) {
            (self.x, self.y, self.deviation) = (x, y, deviation)
        }
    }

    /// A line of the chart.
    package struct Series: Sendable {
        package var name: String
        /// From the lowest `x` to the highest.
        package var points: [Point]

        package init(_ name: String, _ points: [Point]) {
            (self.name, self.points) = (name, points)
        }
    }

    /// The chart in words, for people who do not see it.
    package var label: String
    package var xTitle: String
    package var yTitle: String
    package var series: [Series]
    /// Whether the axis of values begins at zero even where no value is near it.
    package var includesZero: Bool

    package init(label: String, xTitle: String, yTitle: String, series: [Series], includesZero: Bool = false) {
        (self.label, self.xTitle, self.yTitle) = (label, xTitle, yTitle)
        (self.series, self.includesZero) = (series, includesZero)
    }

    package var svg: String {
        let layout = Layout(self)
        var canvas = SVGCanvas(height: layout.bottom + 46)
        drawAxes(layout, on: &canvas)
        drawLegend(layout, on: &canvas)
        for (index, series) in series.enumerated() {
            for run in series.runs { drawBand(run, index: index, layout, on: &canvas) }
        }
        for (index, series) in series.enumerated() { draw(series, index: index, layout, on: &canvas) }
        if series.allSatisfy(\.runs.isEmpty) {
            let middle = ((layout.left + layout.right) / 2, (layout.top + layout.bottom) / 2)
            canvas.text("no values", at: middle, anchor: .middle, opacity: 0.7)
        }
        return canvas.svg(label: label)
    }

    private func drawAxes(_ layout: Layout, on canvas: inout SVGCanvas) {
        canvas.text(yTitle, at: (0, 14), opacity: 0.75)
        for (value, label) in zip(layout.yTicks.values, layout.yTicks.labels) {
            let y = layout.y(value)
            canvas.line(from: (layout.left, y), to: (layout.right, y), opacity: 0.14)
            canvas.text(label, at: (layout.left - 8, y + 4.5), anchor: .end, opacity: 0.75)
        }
        for (value, label) in zip(layout.xTicks.values, layout.xTicks.labels) {
            let x = layout.x(value)
            canvas.line(from: (x, layout.bottom), to: (x, layout.bottom + 5), opacity: 0.5)
            canvas.text(label, at: (x, layout.bottom + 20), anchor: .middle, opacity: 0.75)
        }
        canvas.line(from: (layout.left, layout.bottom), to: (layout.right, layout.bottom), opacity: 0.5)
        canvas.text(
            xTitle, at: ((layout.left + layout.right) / 2, layout.bottom + 40), anchor: .middle, opacity: 0.75)
    }

    private func drawLegend(_ layout: Layout, on canvas: inout SVGCanvas) {
        for entry in layout.legend {
            let color = Palette.series(entry.index)
            canvas.polyline(
                [(entry.x, entry.y - 4.5), (entry.x + Layout.swatch, entry.y - 4.5)], color: color,
                dashes: Palette.dashes(entry.index))
            canvas.text(
                entry.text, at: (entry.x + Layout.swatch + 6, entry.y),
                title: entry.text == series[entry.index].name ? nil : series[entry.index].name)
        }
    }

    private func drawBand(_ run: ArraySlice<Point>, index: Int, _ layout: Layout, on canvas: inout SVGCanvas) {
        let spread = run.filter { $0.spread > 0 }
        guard spread.count > 0, run.count > 1 else { return }
        let above = run.map { (layout.x($0.x), layout.y($0.y + $0.spread)) }
        let below = run.reversed().map { (layout.x($0.x), layout.y($0.y - $0.spread)) }
        canvas.polygon(above + below, color: Palette.series(index), opacity: 0.18)
    }

    private func draw(_ series: Series, index: Int, _ layout: Layout, on canvas: inout SVGCanvas) {
        let color = Palette.series(index)
        let shown = series.points.count <= Layout.mostMarkers
        for run in series.runs {
            let points = run.map { (x: layout.x($0.x), y: layout.y($0.y)) }
            if points.count > 1 {
                canvas.polyline(
                    shown ? points : SVGChart.thinned(points), color: color, dashes: Palette.dashes(index),
                    width: points.count > 300 ? 1.25 : 2)
            }
            guard shown || run.count == 1 else { continue }
            for (point, place) in zip(run, points) {
                let spread = point.spread > 0 ? " ± \(point.spread.readable())" : ""
                if run.count == 1, point.spread > 0 {
                    let ends = (layout.y(point.y - point.spread), layout.y(point.y + point.spread))
                    canvas.line(from: (place.x, ends.0), to: (place.x, ends.1), opacity: 0.7)
                }
                let name = series.name.isEmpty ? "" : "\(series.name), "
                canvas.circle(
                    place, radius: 3, color: color,
                    title: "\(name)\(xTitle) \(point.x.readable()): \(point.y.readable())\(spread)")
            }
        }
    }

    /// The lowest and the highest of every few points, where there are more of them than pixels.
    private static func thinned(_ points: [SVGCanvas.Point]) -> [SVGCanvas.Point] {
        let size = points.count / 300
        guard size > 1 else { return points }
        return stride(from: 0, to: points.count, by: size).flatMap { start in
            let bucket = start..<min(start + size, points.count)
            let extremes = [
                bucket.min { points[$0].y < points[$1].y }, bucket.max { points[$0].y < points[$1].y },
            ]
            return Set(extremes.compactMap { $0 }).sorted().map { points[$0] }
        }
    }
}

extension SVGChart.Point {
    var isFinite: Bool { x.isFinite && y.isFinite }

    /// The deviation, 0 where there is none.
    var spread: Double { deviation.map { $0.isFinite ? abs($0) : 0 } ?? 0 }
}

extension SVGChart.Series {
    /// The stretches of finite points.
    var runs: [ArraySlice<SVGChart.Point>] { points.split { !$0.isFinite } }
}

extension SVGChart {
    /// The places of a chart's parts.
    struct Layout {
        /// A name beside a piece of its line.
        struct Entry {
            let index: Int
            let text: String
            let x: Double
            let y: Double
        }

        static let swatch = 20.0
        /// With more points than this, a line has no dots.
        static let mostMarkers = 60

        let xTicks: AxisTicks
        let yTicks: AxisTicks
        let legend: [Entry]
        let left: Double
        let right: Double
        let top: Double
        let bottom: Double

        init(_ chart: SVGChart) {
            let points = chart.series.flatMap(\.points).filter(\.isFinite)
            xTicks = AxisTicks(
                enclosing: points.map(\.x), count: 6, wholeNumbers: points.allSatisfy { $0.x.rounded() == $0.x })
            yTicks = AxisTicks(
                enclosing: points.flatMap { [$0.y - $0.spread, $0.y + $0.spread] } + (chart.includesZero ? [0] : []))
            legend = Self.legend(of: chart.series)
            let labelWidth = yTicks.labels.map { $0.estimatedWidth(fontSize: SVGCanvas.fontSize) }.max() ?? 0
            let lastLabel = xTicks.labels.last?.estimatedWidth(fontSize: SVGCanvas.fontSize) ?? 0
            left = labelWidth + 12
            right = SVGCanvas.usualWidth - max(lastLabel / 2 + 2, 6)
            top = (legend.last?.y ?? 14) + 16
            bottom = top + 220
        }

        func x(_ value: Double) -> Double { left + xTicks.fraction(of: value) * (right - left) }
        func y(_ value: Double) -> Double { bottom - yTicks.fraction(of: value) * (bottom - top) }

        /// Names side by side, in as many lines as they need.
        private static func legend(of series: [Series]) -> [Entry] {
            var (x, y) = (0.0, 36.0)
            return series.enumerated().filter { !$0.element.name.isEmpty }.map { index, series in
                let room = SVGCanvas.usualWidth - swatch - 6
                let text = series.name.shortened(toWidth: room, fontSize: SVGCanvas.fontSize)
                let width = swatch + 6 + text.estimatedWidth(fontSize: SVGCanvas.fontSize)
                if x > 0, x + width > SVGCanvas.usualWidth { (x, y) = (0, y + 19) }
                defer { x += width + 16 }
                return Entry(index: index, text: text, x: x, y: y)
            }
        }
    }
}
