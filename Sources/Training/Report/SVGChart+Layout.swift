extension SVGChart {
    /// Where the parts of a chart are.
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
