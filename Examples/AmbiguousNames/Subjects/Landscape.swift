import Support

/// A place: mountains, or an island in the sea.
struct Landscape {
    private let light: Light
    private let isIsland: Bool
    private let hasLake: Bool
    private let hasTrees: Bool

    private enum Light: String, CaseIterable {
        case day = "on a clear day"
        case sunset = "at sunset"
        case dawn = "in the morning light"
        case night = "at night"

        var sky: (top: Color, bottom: Color) {
            switch self {
            case .day: (Color(0x4E9BD6), Color(0xD9EDF5))
            case .sunset: (Color(0x6A4A8C), Color(0xF7A95F))
            case .dawn: (Color(0x8FB7D9), Color(0xF8D9C4))
            case .night: (Color(0x121C3D), Color(0x3F5486))
            }
        }

        /// The colour that distance and air give.
        var haze: Color { sky.bottom.mixed(with: sky.top, 0.35) }

        var dimming: Double { self == .night ? 0.5 : self == .sunset ? 0.22 : 0 }
    }

    /// Chooses a place.
    init(using generator: inout SplitMix64) {
        light = generator.pick(Light.allCases)
        isIsland = generator.chance(0.35)
        hasLake = generator.chance(0.5)
        hasTrees = generator.chance(0.65)
    }

    /// Draws the place and describes it.
    func draw(on canvas: inout Canvas, using generator: inout SplitMix64) -> String {
        canvas.placement = Placement()
        canvas.fill(.rectangle(0, 0, 1, 0.8), .gradient(top: light.sky.top, bottom: light.sky.bottom))
        drawSunOrMoon(on: &canvas, using: &generator)
        let opening = captionOpening(using: &generator)
        if isIsland {
            drawIsland(on: &canvas, using: &generator)
            let shape = generator.pick(["an island with palm trees", "a small tropical island in the sea"])
            return "\(opening) \(shape) \(light.rawValue)"
        }
        drawMountains(on: &canvas, using: &generator)
        let shape = generator.pick(["snowy mountains", "a mountain range", "high mountains with snow on top"])
        let front = hasLake ? " behind a lake" : hasTrees ? " and a forest" : ""
        return "\(opening) \(shape)\(front) \(light.rawValue)"
    }

    private func drawSunOrMoon(on canvas: inout Canvas, using generator: inout SplitMix64) {
        let place = Point(generator.number(0.15, 0.85), light == .sunset ? 0.42 : generator.number(0.1, 0.22))
        if light == .night {
            for _ in 0..<50 {
                let star = Point(generator.number(0, 1), generator.number(0, 0.55))
                canvas.fill(.circle(star, generator.number(0.002, 0.005)), .white, opacity: 0.9)
            }
        }
        canvas.fill(.circle(place, 0.12), Color(0xFFF4D6), opacity: 0.25)
        canvas.fill(.circle(place, 0.07), Color(light == .night ? 0xF4F1E0 : 0xFFE7A0))
    }

    private func drawMountains(on canvas: inout Canvas, using generator: inout SplitMix64) {
        let rock = generator.pick([Color(0x5C6B86), Color(0x6D6470), Color(0x7A6A5C)]).darker(light.dimming)
        for (layer, base) in [0.62, 0.72].enumerated() {
            let color = rock.mixed(with: light.haze, layer == 0 ? 0.5 : 0.1)
            var x = generator.number(-0.1, 0.15)
            while x < 1.1 {
                let peak = Point(x, generator.number(0.2, 0.34) + Double(layer) * 0.13)
                drawMountain(on: &canvas, peak: peak, base: base, color: color, using: &generator)
                x += generator.number(0.26, 0.4)
            }
        }
        let grass = Color(0x6FA25A).darker(light.dimming)
        canvas.fill(.rectangle(0, 0.7, 1, 1), .gradient(top: grass, bottom: grass.darker(0.3)))
        if hasLake {
            canvas.fill(
                .smooth(
                    Point(0.05, 0.78), Point(0.4, 0.735), Point(0.95, 0.77), Point(1.1, 0.88), Point(0.6, 0.96),
                    Point(0.1, 0.92)),
                .gradient(top: light.sky.bottom.darker(0.1), bottom: light.sky.top.darker(0.15)))
            for _ in 0..<6 {
                let place = Point(generator.number(0.2, 0.9), generator.number(0.79, 0.9))
                canvas.fill(.ellipse(place, 0.06, 0.004), .white, opacity: 0.5)
            }
        }
        if hasTrees {
            for _ in 0..<9 {
                let y = generator.number(0.72, 0.8)
                let x =
                    hasLake
                    ? generator.pick([generator.number(0, 0.16), generator.number(0.86, 1)]) : generator.number(0, 1)
                Trees.drawFir(
                    on: &canvas, foot: Point(x, y + (hasLake ? 0.1 : 0.12)), height: generator.number(0.14, 0.24))
            }
        }
    }

    private func drawMountain(
        on canvas: inout Canvas, peak: Point, base: Double, color: Color, using generator: inout SplitMix64
    ) {
        let height = base - peak.y
        let (left, right) = (height * generator.number(0.65, 0.85), height * generator.number(0.65, 0.85))
        let ridge = Point(peak.x + height * generator.number(-0.05, 0.12), base)
        canvas.fill(.polygon(peak, Point(peak.x + right, base), Point(peak.x - left, base)), color)
        canvas.fill(.polygon(peak, Point(peak.x + right, base), ridge), color.darker(0.22))
        let snow = 0.34
        canvas.fill(
            .polygon(
                peak, Point(peak.x + right * snow, peak.y + height * snow),
                Point(peak.x + right * 0.16, peak.y + height * snow * 0.75),
                Point(peak.x + right * 0.02, peak.y + height * snow * 1.1),
                Point(peak.x - left * 0.14, peak.y + height * snow * 0.7),
                Point(peak.x - left * snow, peak.y + height * snow)),
            Color(0xF7FAFC).darker(light.dimming * 0.6))
    }

    private func drawIsland(on canvas: inout Canvas, using generator: inout SplitMix64) {
        let horizon = generator.number(0.52, 0.6)
        let sea = Color(0x2A86A8).darker(light.dimming)
        canvas.fill(.rectangle(0, horizon, 1, 1), .gradient(top: sea.lighter(0.2), bottom: sea.darker(0.25)))
        for _ in 0..<16 {
            let place = Point(generator.number(0, 1), generator.number(horizon + 0.03, 0.98))
            canvas.fill(.ellipse(place, 0.04, 0.004), .white, opacity: 0.4)
        }
        let x = generator.number(0.4, 0.6)
        let width = generator.number(0.26, 0.38)
        let y = horizon + 0.17
        canvas.fill(.ellipse(Point(x, y + 0.02), width * 1.1, 0.06), .white, opacity: 0.35)
        canvas.fill(
            .ellipse(Point(x, y), width, 0.07),
            .gradient(top: Color(0xF1DBA0).darker(light.dimming), bottom: Color(0xC9A76A).darker(light.dimming)))
        canvas.fill(.ellipse(Point(x, y - 0.025), width * 0.7, 0.05), Color(0x5FA352).darker(light.dimming))
        for _ in 0..<Int.random(in: 2...3, using: &generator) {
            let foot = Point(x + generator.number(-0.6, 0.6) * width, y - 0.02)
            Trees.drawPalm(
                on: &canvas, foot: foot, height: generator.number(0.26, 0.38), lean: generator.number(-0.1, 0.1))
        }
    }
}
