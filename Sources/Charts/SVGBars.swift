import Foundation

/// Horizontal bars from zero, one below the other, with an optional interval round each value.
package struct SVGBars: SVGFigure {
    /// A value with its label.
    package struct Bar: Sendable {
        package var label: String
        package var value: Double
        /// The ends of the error bar.
        package var interval: ClosedRange<Double>?
        /// The index of its colour.
        package var series: Int

        package init(_ label: String, _ value: Double, interval: ClosedRange<Double>? = nil, series: Int = 0) {
            (self.label, self.value, self.interval, self.series) = (label, value, interval, series)
        }

        /// A bar whose value is a mean, with its deviation to either side.
        package init(_ label: String, _ value: Double, deviation: Double?, series: Int = 0) {
            let spread = deviation.map { $0.isFinite && value.isFinite ? abs($0) : 0 } ?? 0
            self.init(label, value, interval: spread > 0 ? value - spread...value + spread : nil, series: series)
        }
    }

    /// The bars in words, for people who do not see them.
    package var label: String
    package var title: String
    package var bars: [Bar]
    /// The decimals of written values.
    package var decimals: Int

    package init(label: String, title: String, bars: [Bar], decimals: Int = 2) {
        (self.label, self.title, self.bars, self.decimals) = (label, title, bars, decimals)
    }

    private static let (rowHeight, thickness, top) = (28.0, 14.0, 28.0)
    private static let labelWidth = 225.0

    package var svg: String {
        let ticks = AxisTicks(
            enclosing: [0]
                + bars.flatMap { bar in
                    [bar.value] + (bar.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
                }, count: 4)
        let values = bars.map { $0.value.readable(decimals: decimals) }
        let labels = bars.map { $0.label.shortened(toWidth: Self.labelWidth, fontSize: SVGCanvas.fontSize) }
        let left = max(Self.width(of: labels) + 10, Self.width(of: ticks.labels) / 2)
        let right = SVGCanvas.usualWidth - max(Self.width(of: values), Self.width(of: ticks.labels) / 2) - 10
        let bottom = Self.top + Self.rowHeight * Double(max(bars.count, 1))
        func x(_ value: Double) -> Double { left + ticks.fraction(of: value) * (right - left) }

        var canvas = SVGCanvas(height: bottom + 26)
        canvas.text(title, at: (0, 14), opacity: 0.75)
        for (value, label) in zip(ticks.values, ticks.labels) {
            canvas.line(from: (x(value), Self.top), to: (x(value), bottom), opacity: value == 0 ? 0.5 : 0.14)
            canvas.text(label, at: (x(value), bottom + 19), anchor: .middle, opacity: 0.75)
        }
        for (index, bar) in bars.enumerated() {
            let middle = Self.top + Self.rowHeight * (Double(index) + 0.5)
            canvas.text(
                labels[index], at: (left - 10, middle + 4.5), anchor: .end,
                title: labels[index] == bar.label ? nil : bar.label)
            canvas.text(values[index], at: (SVGCanvas.usualWidth, middle + 4.5), anchor: .end)
            if bar.value.isFinite { draw(bar, middle: middle, x: x, on: &canvas) }
        }
        if bars.isEmpty {
            canvas.text("no values", at: ((left + right) / 2, bottom - 9), anchor: .middle, opacity: 0.7)
        }
        return canvas.svg(label: label)
    }

    private func draw(_ bar: Bar, middle: Double, x: (Double) -> Double, on canvas: inout SVGCanvas) {
        let (start, end) = (min(x(0), x(bar.value)), max(x(0), x(bar.value)))
        let ends = bar.interval.map { [$0.lowerBound, $0.upperBound] } ?? []
        let interval =
            ends.isEmpty ? "" : " [\(ends.map { $0.readable(decimals: decimals) }.joined(separator: ", "))]"
        canvas.rectangle(
            at: (start, middle - Self.thickness / 2), width: end - start, height: Self.thickness,
            style: "fill: \(Palette.series(bar.series))", radius: 2,
            title: "\(bar.label): \(bar.value.readable(decimals: decimals))\(interval)")
        guard let low = ends.first, let high = ends.last, low.isFinite, high.isFinite else { return }
        canvas.line(from: (x(low), middle), to: (x(high), middle), width: 1.5)
        for end in [x(low), x(high)] { canvas.line(from: (end, middle - 5), to: (end, middle + 5), width: 1.5) }
    }

    private static func width(of texts: [String]) -> Double {
        texts.map { $0.estimatedWidth(fontSize: SVGCanvas.fontSize) }.max() ?? 0
    }
}
