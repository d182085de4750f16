import Foundation

/// A picture that is one self-contained `svg` element.
///
/// Its ink is the colour of the text around it and its colours are CSS variables, so that it fits light and dark pages.
package protocol SVGFigure: Sendable {
    /// The element.
    var svg: String { get }
    /// Whether it takes the whole width of a page.
    var isWide: Bool { get }
}

extension SVGFigure {
    package var isWide: Bool { false }
}

extension Double {
    /// The number in a few digits, for people; "no value" where it is not finite.
    func readable(decimals: Int? = nil) -> String {
        guard isFinite else { return "no value" }
        let fits = abs(self) < 1e9
        let text = decimals.flatMap { fits ? String(format: "%.*f", $0, self) : nil } ?? String(format: "%.4g", self)
        let isZero = !text.contains { ("1"..."9").contains($0) }
        return text.hasPrefix("-") ? (isZero ? "" : "−") + text.dropFirst() : text
    }
}
