import Support

/// A scene that dogs and people are drawn in, so that the scene tells nothing about them.
enum Backdrop: CaseIterable {
    case meadow, beach, park, room, street, snow

    /// The place, in words.
    var phrase: String {
        switch self {
        case .meadow: "on a green field"
        case .beach: "at the beach"
        case .park: "in a park with trees"
        case .room: "in a living room"
        case .street: "on a street in the city"
        case .snow: "in the snow"
        }
    }

    /// The height at which those who stand in the scene have their feet.
    var ground: Double { 0.9 }

    /// Paints the scene over the whole canvas.
    func draw(on canvas: inout Canvas, using generator: inout SplitMix64) {
        canvas.placement = Placement()
        switch self {
        case .meadow: drawMeadow(on: &canvas, using: &generator)
        case .beach: drawBeach(on: &canvas, using: &generator)
        case .park: drawPark(on: &canvas, using: &generator)
        case .room: drawRoom(on: &canvas, using: &generator)
        case .street: drawStreet(on: &canvas, using: &generator)
        case .snow: drawSnow(on: &canvas, using: &generator)
        }
    }

    private func drawMeadow(on canvas: inout Canvas, using generator: inout SplitMix64) {
        Sky.draw(on: &canvas, using: &generator)
        canvas.fill(.ellipse(Point(generator.number(0, 1), 1.05), 0.9, 0.5), Color(0xA5CF7A))
        canvas.fill(
            .ellipse(Point(generator.number(0, 1), 1.3), 1.2, 0.62),
            .gradient(top: Color(0x86BE5B), bottom: Color(0x4E8F3C)))
        for _ in 0..<14 {
            let place = Point(generator.number(0, 1), generator.number(0.78, 0.98))
            let petals = generator.pick([Color.white, Color(0xF9D65C), Color(0xE88BB3)])
            canvas.fill(.circle(place, 0.009), petals)
            canvas.fill(.circle(place, 0.004), Color(0xD9903D))
        }
    }

    private func drawBeach(on canvas: inout Canvas, using generator: inout SplitMix64) {
        Sky.draw(on: &canvas, using: &generator)
        let horizon = generator.number(0.45, 0.55)
        canvas.fill(.rectangle(0, horizon, 1, 1), .gradient(top: Color(0x2F86B0), bottom: Color(0x7CCBD6)))
        let shore = horizon + 0.17
        canvas.fill(
            .smooth(
                Point(-0.2, shore + 0.03), Point(0.3, shore - 0.02), Point(0.7, shore + 0.03), Point(1.2, shore - 0.02),
                Point(1.2, 1.3), Point(-0.2, 1.3)), .white, opacity: 0.8)
        canvas.fill(
            .smooth(
                Point(-0.2, shore + 0.055), Point(0.3, shore), Point(0.7, shore + 0.055), Point(1.2, shore),
                Point(1.2, 1.3), Point(-0.2, 1.3)), .gradient(top: Color(0xF3DFA8), bottom: Color(0xDDBB7A)))
    }

    private func drawPark(on canvas: inout Canvas, using generator: inout SplitMix64) {
        Sky.draw(on: &canvas, using: &generator)
        for _ in 0..<4 {
            let (x, top) = (generator.number(0, 1), generator.number(0.25, 0.42))
            let leaves = generator.pick([Color(0x5A9E57), Color(0x74AD4E), Color(0xD9A441), Color(0x4C8A63)])
            canvas.fill(.rectangle(x - 0.018, top, x + 0.018, 0.74), Color(0x7A5A41))
            canvas.fill(.circle(Point(x, top), 0.14), leaves)
            canvas.fill(.circle(Point(x - 0.04, top - 0.04), 0.08), leaves.lighter(0.15))
        }
        canvas.fill(.rectangle(0, 0.68, 1, 1), .gradient(top: Color(0x9CCB74), bottom: Color(0x6AA350)))
        canvas.fill(.polygon(Point(0.42, 0.68), Point(0.5, 0.68), Point(0.95, 1), Point(0.4, 1)), Color(0xE6D5B0))
    }

    private func drawRoom(on canvas: inout Canvas, using generator: inout SplitMix64) {
        let wall = generator.pick([Color(0xE9D8C4), Color(0xC9DCE4), Color(0xE8CFCF), Color(0xD5E0C8), Color(0xF0E2B6)])
        canvas.fill(.rectangle(0, 0, 1, 1), .gradient(top: wall.lighter(0.3), bottom: wall))
        let x = generator.number(0.05, 0.6)
        canvas.fill(.card(x, 0.1, x + 0.34, 0.46, radius: 0.015), .white)
        for column in 0..<2 {
            let left = x + 0.02 + Double(column) * 0.155
            canvas.fill(
                .rectangle(left, 0.12, left + 0.145, 0.44), .gradient(top: Color(0x9CCBEB), bottom: Color(0xDDEFF8)))
        }
        canvas.fill(.rectangle(0, 0.72, 1, 1), .gradient(top: Color(0xB98A5E), bottom: Color(0x94683F)))
        canvas.fill(.rectangle(0, 0.7, 1, 0.725), .white, opacity: 0.85)
        let rug = generator.pick([Color(0xB5485D), Color(0x3F6C8F), Color(0x6E8F5B), Color(0xE0B04C)])
        canvas.fill(.ellipse(Point(0.5, 0.9), 0.44, 0.075), rug)
        canvas.fill(.ellipse(Point(0.5, 0.9), 0.36, 0.055), rug.lighter(0.25))
    }

    private func drawStreet(on canvas: inout Canvas, using generator: inout SplitMix64) {
        Sky.draw(on: &canvas, using: &generator)
        var x = -0.05
        while x < 1 {
            let (width, top) = (generator.number(0.14, 0.26), generator.number(0.2, 0.45))
            let wall = generator.pick([
                Color(0xC98F77), Color(0xD9C2A3), Color(0x9AA7B8), Color(0xB9A9C9), Color(0xE0B98A),
            ])
            canvas.fill(.rectangle(x, top, x + width, 0.75), wall)
            for row in stride(from: top + 0.05, to: 0.64, by: 0.1) {
                for column in stride(from: x + 0.03, to: x + width - 0.04, by: 0.065) {
                    canvas.fill(.rectangle(column, row, column + 0.035, row + 0.055), wall.darker(0.45))
                }
            }
            x += width
        }
        canvas.fill(.rectangle(0, 0.73, 1, 1), Color(0xB7B4B0))
        canvas.fill(.rectangle(0, 0.73, 1, 0.75), Color(0x8E8B88))
        canvas.fill(.rectangle(0, 0.95, 1, 1), Color(0x5F6066))
    }

    private func drawSnow(on canvas: inout Canvas, using generator: inout SplitMix64) {
        canvas.fill(.rectangle(0, 0, 1, 1), .gradient(top: Color(0x8FA9C4), bottom: Color(0xDCE6EF)))
        for _ in 0..<5 {
            Trees.drawFir(
                on: &canvas, foot: Point(generator.number(0, 1), 0.72), height: generator.number(0.2, 0.4), snow: true)
        }
        canvas.fill(
            .ellipse(Point(generator.number(0.2, 0.8), 1.3), 1.3, 0.64), .gradient(top: .white, bottom: Color(0xC8D7E6))
        )
        for _ in 0..<45 {
            canvas.fill(
                .circle(Point(generator.number(0, 1), generator.number(0, 1)), generator.number(0.004, 0.01)), .white,
                opacity: 0.9)
        }
    }
}
