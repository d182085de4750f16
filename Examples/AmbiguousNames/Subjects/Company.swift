import Support

/// A company: its logo, or its office with the logo on it.
struct Company {
    private let main: NamedColor
    private let second: NamedColor
    private let emblem: Emblem
    private let isOffice: Bool

    private enum Emblem: String, CaseIterable {
        case ring = "a ring"
        case chevrons = "two arrows"
        case hexagon = "a hexagon"
        case circles = "two circles"
        case bolt = "a lightning bolt"
        case bars = "three bars"
    }

    private static let colors = [
        NamedColor("red", 0xD8343F), NamedColor("blue", 0x1F6FD0), NamedColor("green", 0x1E9E6A),
        NamedColor("orange", 0xF2872F), NamedColor("purple", 0x6C47B8), NamedColor("black", 0x26262B),
        NamedColor("yellow", 0xF3BE2B),
    ]

    /// Chooses a company.
    init(using generator: inout SplitMix64) {
        let colors = Self.colors.shuffled(using: &generator)
        (main, second) = (colors[0], colors[1])
        emblem = generator.pick(Emblem.allCases)
        isOffice = generator.chance(0.4)
    }

    /// Draws the company and describes it.
    func draw(on canvas: inout Canvas, using generator: inout SplitMix64) -> String {
        canvas.placement = Placement()
        let opening = captionOpening(using: &generator)
        if isOffice {
            drawOffice(on: &canvas, using: &generator)
            let building = generator.pick([
                "a tall office building", "a glass office tower", "the headquarters of a firm",
            ])
            return "\(opening) \(building) with a \(main.name) logo on the roof"
        }
        drawCard(on: &canvas, using: &generator)
        let thing = generator.pick(["company logo", "brand logo", "business sign"])
        return "\(opening) \(withArticle("\(main.name) and \(second.name) \(thing)")) with \(emblem.rawValue)"
    }

    private func drawCard(on canvas: inout Canvas, using generator: inout SplitMix64) {
        let isDark = generator.chance(0.3) && main.name != "black" && second.name != "black"
        let paper =
            isDark
            ? Color(0x23283A) : generator.pick([.white, Color(0xF4F1EA), Color(0xE9EEF3), main.color.lighter(0.88)])
        canvas.fill(.rectangle(0, 0, 1, 1), .gradient(top: paper, bottom: paper.darker(0.06)))
        let place = Point(0.5 + generator.number(-0.04, 0.04), 0.42 + generator.number(-0.03, 0.03))
        draw(emblem, on: &canvas, at: place, size: generator.number(0.2, 0.27))
        drawWordmark(on: &canvas, at: Point(place.x, 0.8), color: isDark ? .white : Color(0x33343C), using: &generator)
    }

    /// Bars and rings that look like a name from far away.
    private func drawWordmark(
        on canvas: inout Canvas, at center: Point, color: Color, using generator: inout SplitMix64
    ) {
        let letters = Int.random(in: 5...8, using: &generator)
        let (width, height) = (0.07, 0.075)
        for index in 0..<letters {
            let x = center.x + (Double(index) - Double(letters - 1) / 2) * (width + 0.012)
            let (left, right, top, bottom) = (
                x - width / 2, x + width / 2, center.y - height / 2, center.y + height / 2
            )
            let middle = Point(x, center.y)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: canvas.fill(.circle(middle, height / 2).cutting(.circle(middle, height / 4.2)), color)
            case 1:
                canvas.fill(.rectangle(left, top, left + 0.02, bottom), color)
                canvas.fill(.rectangle(left, bottom - 0.018, right, bottom), color)
            case 2:
                canvas.fill(.rectangle(left, top, right, top + 0.018), color)
                canvas.fill(.rectangle(x - 0.01, top, x + 0.01, bottom), color)
            default:
                canvas.fill(.rectangle(left, top, left + 0.018, bottom), color)
                canvas.fill(.rectangle(right - 0.018, top, right, bottom), color)
                canvas.fill(.rectangle(left, center.y - 0.009, right, center.y + 0.009), color)
            }
        }
    }

    private func drawOffice(on canvas: inout Canvas, using generator: inout SplitMix64) {
        Sky.draw(on: &canvas, using: &generator)
        let (x, width, top) = (generator.number(0.4, 0.6), generator.number(0.34, 0.46), generator.number(0.3, 0.36))
        for side in [-1.0, 1.0] {
            let center = x + side * generator.number(0.32, 0.4)
            let low = generator.number(0.5, 0.62)
            canvas.fill(.rectangle(center - 0.14, low, center + 0.14, 0.9), Color(0xB9C2CC))
        }
        let (left, right) = (x - width / 2, x + width / 2)
        let wall = generator.pick([Color(0x5D7891), Color(0x8A95A3), Color(0x4C5B72), Color(0xC9B79F)])
        canvas.fill(.rectangle(left, top, right, 0.9), .gradient(top: wall.lighter(0.1), bottom: wall.darker(0.15)))
        let columns = Int.random(in: 4...6, using: &generator)
        let pitch = width / Double(columns)
        for row in stride(from: top + 0.04, to: 0.76, by: 0.075) {
            for column in 0..<columns {
                let start = left + (Double(column) + 0.15) * pitch
                let glass = generator.chance(0.2) ? Color(0xFBE6A2) : Color(0xBFE0F2)
                canvas.fill(
                    .rectangle(start, row, start + pitch * 0.7, row + 0.05),
                    .gradient(top: glass, bottom: glass.darker(0.12)))
            }
        }
        canvas.fill(.rectangle(x - 0.05, 0.8, x + 0.05, 0.9), Color(0x2F3A4A))
        canvas.fill(.rectangle(0, 0.89, 1, 1), .gradient(top: Color(0xA9ADB0), bottom: Color(0x84888C)))
        canvas.fill(.rectangle(x - 0.008, top - 0.05, x + 0.008, top), Color(0x55585F))
        canvas.fill(.card(x - 0.15, top - 0.26, x + 0.15, top - 0.02, radius: 0.03), .white)
        draw(emblem, on: &canvas, at: Point(x, top - 0.14), size: 0.085)
    }

    private func draw(_ emblem: Emblem, on canvas: inout Canvas, at center: Point, size: Double) {
        canvas.placement = Placement(origin: center, scale: size)
        defer { canvas.placement = Placement() }
        let middle = Point(0, 0)
        switch emblem {
        case .ring:
            canvas.fill(.circle(middle, 1).cutting(.circle(middle, 0.62)), main.color)
            canvas.fill(.ellipse(Point(0.5, -0.5), 0.5, 0.24, turn: -0.125), second.color)
        case .chevrons:
            for (x, color) in [(-0.75, main.color), (0.05, second.color)] {
                canvas.fill(
                    .polygon(
                        Point(x, -0.9), Point(x + 0.4, -0.9), Point(x + 0.95, 0), Point(x + 0.4, 0.9),
                        Point(x, 0.9), Point(x + 0.55, 0)), color)
            }
        case .hexagon:
            canvas.fill(.regular(6, middle, 1), main.color)
            canvas.fill(.regular(6, middle, 0.62), second.color)
            canvas.fill(.regular(3, Point(0, 0.05), 0.42), .white)
        case .circles:
            canvas.fill(.circle(Point(-0.4, 0), 0.68), main.color)
            canvas.fill(.circle(Point(0.4, 0), 0.68), second.color, opacity: 0.85)
        case .bolt:
            canvas.fill(.card(-0.95, -0.95, 0.95, 0.95, radius: 0.35), main.color)
            canvas.fill(
                .polygon(
                    Point(0.2, -0.75), Point(-0.5, 0.15), Point(-0.05, 0.15), Point(-0.2, 0.75), Point(0.5, -0.2),
                    Point(0.05, -0.2)), main.name == "yellow" ? .ink : second.color.lighter(0.3))
        case .bars:
            for (index, height) in [0.6, 1.1, 1.7].enumerated() {
                let left = -0.9 + Double(index) * 0.65
                canvas.fill(
                    .card(left, 0.85 - height, left + 0.5, 0.85, radius: 0.12), index == 1 ? second.color : main.color)
            }
        }
    }
}
