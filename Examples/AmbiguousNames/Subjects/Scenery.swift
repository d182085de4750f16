import Support

/// The sky of a day in the open.
enum Sky {
    /// Paints a sky over the whole canvas, with or without a sun and clouds.
    static func draw(on canvas: inout Canvas, using generator: inout SplitMix64) {
        let top = generator.pick([Color(0x6FB3E0), Color(0x8CC5EA), Color(0x5E9FD0), Color(0xA6C9DE)])
        canvas.fill(.rectangle(0, 0, 1, 1), .gradient(top: top, bottom: Color(0xF1F6F4)))
        if generator.chance(0.5) {
            let sun = Point(generator.number(0.1, 0.9), generator.number(0.08, 0.2))
            canvas.fill(.circle(sun, 0.09), Color(0xFFF3C4), opacity: 0.6)
            canvas.fill(.circle(sun, 0.06), Color(0xFFE08A))
        }
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            drawCloud(on: &canvas, at: Point(generator.number(0, 1), generator.number(0.06, 0.3)), using: &generator)
        }
    }

    private static func drawCloud(on canvas: inout Canvas, at place: Point, using generator: inout SplitMix64) {
        let width = generator.number(0.06, 0.12)
        let cloud = Path.ellipse(place, width, width * 0.32)
            .union(.circle(place + Point(-width * 0.3, -width * 0.2), width * 0.34))
            .union(.circle(place + Point(width * 0.25, -width * 0.25), width * 0.42))
        canvas.fill(cloud, .white, opacity: 0.92)
    }
}

/// Trees of more than one picture.
enum Trees {
    /// Paints a fir whose trunk stands at `foot`.
    static func drawFir(on canvas: inout Canvas, foot: Point, height: Double, snow: Bool = false) {
        let needles = Color(snow ? 0x4F7468 : 0x2F6B4A)
        canvas.fill(
            .rectangle(foot.x - height * 0.04, foot.y - height * 0.2, foot.x + height * 0.04, foot.y), Color(0x6B4A34))
        for step in 0..<3 {
            let bottom = foot.y - height * (0.15 + Double(step) * 0.24)
            let (width, rise) = (height * (0.28 - Double(step) * 0.06), height * 0.38)
            let tip = Point(foot.x, bottom - rise)
            canvas.fill(
                .polygon(tip, Point(foot.x + width, bottom), Point(foot.x - width, bottom)),
                .gradient(top: needles.lighter(0.12), bottom: needles))
            if snow {
                canvas.fill(
                    .polygon(
                        tip, Point(foot.x + width * 0.5, bottom - rise * 0.5), Point(foot.x, bottom - rise * 0.38),
                        Point(foot.x - width * 0.5, bottom - rise * 0.5)), .white)
            }
        }
    }

    /// Paints a palm that leans away from its foot.
    static func drawPalm(on canvas: inout Canvas, foot: Point, height: Double, lean: Double) {
        let crown = foot + Point(lean, -height)
        canvas.fill(
            .stroke(foot, foot + Point(lean * 0.25, -height * 0.5), crown, width: height * 0.09, to: height * 0.05),
            Color(0x8A6642))
        for angle in [-0.46, -0.36, -0.2, -0.1, 0.02, 0.48] {
            let direction = Path.onCircle(angle)
            let middle = crown + direction * (height * 0.26) + Point(0, -height * 0.05)
            let tip = crown + direction * (height * 0.46) + Point(0, height * 0.14)
            canvas.fill(.stroke(crown, middle, tip, width: height * 0.09, to: height * 0.012), Color(0x3E8E4F))
        }
    }
}
