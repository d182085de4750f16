import Foundation

/// A drawing surface in screen coordinates from its top left corner; a later element covers an earlier one.
package struct SVGCanvas {
    package typealias Point = (x: Double, y: Double)

    package enum Anchor: String { case start, middle, end }

    /// The size of most letters.
    package static let fontSize = 13.0
    /// The width of a chart: on a telephone it becomes about 370 pixels, and its letters 10.
    package static let usualWidth = 480.0

    let width: Double
    let height: Double
    private var elements: [String] = []

    package init(width: Double = Self.usualWidth, height: Double) {
        (self.width, self.height) = (width, height)
    }

    /// A thin line in the colour of text.
    package mutating func line(from start: Point, to end: Point, opacity: Double = 1, width: Double = 1) {
        addElement(
            "line",
            [
                ("x1", Self.number(start.x)), ("y1", Self.number(start.y)), ("x2", Self.number(end.x)),
                ("y2", Self.number(end.y)),
            ],
            style: "stroke: currentColor; stroke-opacity: \(Self.number(opacity)); stroke-width: \(Self.number(width))")
    }

    package mutating func polyline(_ points: [Point], color: String, dashes: String? = nil, width: Double = 2) {
        let pattern = dashes.map { "; stroke-dasharray: \($0)" } ?? ""
        addElement(
            "polyline", [("points", Self.list(points))],
            style: "fill: none; stroke: \(color); stroke-width: \(Self.number(width)); stroke-linejoin: round\(pattern)"
        )
    }

    package mutating func polygon(_ points: [Point], color: String, opacity: Double) {
        addElement(
            "polygon", [("points", Self.list(points))], style: "fill: \(color); fill-opacity: \(Self.number(opacity))")
    }

    package mutating func circle(_ center: Point, radius: Double, color: String, title: String? = nil) {
        addElement(
            "circle",
            [("cx", Self.number(center.x)), ("cy", Self.number(center.y)), ("r", Self.number(radius))],
            style: "fill: \(color)", title: title)
    }

    package mutating func rectangle(
        at corner: Point, width: Double, height: Double, style: String, radius: Double = 0, title: String? = nil
    ) {
        addElement(
            "rect",
            [
                ("x", Self.number(corner.x)), ("y", Self.number(corner.y)), ("width", Self.number(max(width, 0))),
                ("height", Self.number(max(height, 0))), ("rx", Self.number(radius)),
            ], style: style, title: title)
    }

    /// Text on a base line.
    package mutating func text(
        _ text: String, at point: Point, anchor: Anchor = .start, color: String = "currentColor", opacity: Double = 1,
        fontSize: Double = Self.fontSize, rotation: Double = 0, title: String? = nil
    ) {
        var attributes = [
            ("x", Self.number(point.x)), ("y", Self.number(point.y)), ("text-anchor", anchor.rawValue),
            ("font-size", Self.number(fontSize)),
        ]
        if rotation != 0 {
            attributes.append(
                ("transform", "rotate(\(Self.number(rotation)) \(Self.number(point.x)) \(Self.number(point.y)))"))
        }
        addElement(
            "text", attributes, style: "fill: \(color); fill-opacity: \(Self.number(opacity))", content: text,
            title: title)
    }

    /// The finished picture.
    /// - Parameter label: the subject of the picture, for those who do not see it.
    package func svg(label: String) -> String {
        let (width, height) = (Self.number(width), Self.number(height))
        let style = "max-width: \(Self.number(1.25 * self.width))px; min-width: \(Self.number(0.6 * self.width))px"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" role="img" \
            aria-label="\(label.escapedForMarkup)" font-family="system-ui, sans-serif" style="\(style)">
            \(elements.joined(separator: "\n"))
            </svg>
            """
    }

    private mutating func addElement(
        _ name: String, _ attributes: [(String, String)], style: String, content: String = "", title: String? = nil
    ) {
        let all = (attributes + [("style", style)]).map { " \($0)=\"\($1)\"" }.joined()
        let inside = (title.map { "<title>\($0.escapedForMarkup)</title>" } ?? "") + content.escapedForMarkup
        elements.append(inside.isEmpty ? "<\(name)\(all)/>" : "<\(name)\(all)>\(inside)</\(name)>")
    }

    private static func list(_ points: [Point]) -> String {
        points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    }

    /// A number with at most two decimals.
    private static func number(_ value: Double) -> String {
        let hundredths = (100 * value).rounded()
        guard abs(hundredths) < 1e15 else { return "0" }
        return hundredths.truncatingRemainder(dividingBy: 100) == 0
            ? String(Int(hundredths / 100)) : String(hundredths / 100)
    }
}
