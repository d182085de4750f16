/// The colours of charts: CSS variables, which a page sets for light and for dark screens.
package enum Palette {
    static let light = ["#7c5cbf", "#c9741c", "#2a8f7f", "#c9486b", "#3576c4", "#7d821f"]
    static let dark = ["#ab8ff0", "#f0a350", "#4fc2ae", "#f07f9c", "#74aef2", "#c3c85a"]

    /// The colour of a series; it repeats after the sixth.
    package static func series(_ index: Int) -> String {
        let index = index % light.count
        return "var(--series-\(index + 1), \(light[index]))"
    }

    /// The dashes that distinguish series of one colour; nil for a solid line.
    static func dashes(_ index: Int) -> String? {
        [nil, "7 4", "2 3", "9 3 2 3"][index / light.count % 4]
    }

    static let positive = series(4)
    static let negative = series(1)

    /// Text on a strong colour.
    static let onStrong = "var(--on-strong, #fff)"

    /// The declarations of the variables.
    static func declarations(_ colors: [String], onStrong: String) -> String {
        let series = colors.enumerated().map { "--series-\($0 + 1): \($1);" }.joined(separator: " ")
        return "\(series) --on-strong: \(onStrong);"
    }
}
