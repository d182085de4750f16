import Support

/// A dog, in profile or from the front.
struct Dog {
    private let coat: NamedColor
    private let collar: Color
    private let hasHangingEars: Bool
    private let hasPatches: Bool
    private let isSitting: Bool
    private let backdrop: Backdrop

    private static let coats = [
        NamedColor("brown", 0x8A5A34), NamedColor("golden", 0xD9A24F), NamedColor("black", 0x3A363B),
        NamedColor("white", 0xF2EEE6), NamedColor("grey", 0x8D9199), NamedColor("ginger", 0xB3643A),
    ]

    /// Chooses a dog.
    init(using generator: inout SplitMix64) {
        coat = generator.pick(Self.coats)
        collar = generator.pick([Color(0xD1394B), Color(0x2F6FB5), Color(0x2E9A6C), Color(0xF0A52E)])
        hasHangingEars = generator.chance(0.6)
        hasPatches = generator.chance(0.35)
        isSitting = generator.chance(0.45)
        backdrop = generator.pick(Backdrop.allCases)
    }

    /// Draws the dog in its scene and describes it.
    func draw(on canvas: inout Canvas, using generator: inout SplitMix64) -> String {
        backdrop.draw(on: &canvas, using: &generator)
        let scale = isSitting ? generator.number(0.78, 1) : generator.number(0.64, 0.82)
        let x = generator.number(0.42, 0.58)
        canvas.placement = Placement(
            origin: Point(x, backdrop.ground), scale: scale, isMirrored: generator.chance(0.5))
        if isSitting {
            drawFromTheFront(on: &canvas)
        } else {
            drawInProfile(on: &canvas)
        }
        let looks = hasPatches ? "spotted \(coat.name)" : coat.name
        let pose = generator.pick(isSitting ? ["sitting", "looking at the camera"] : ["standing", "waiting"])
        let animal = generator.pick(["dog", "dog", "puppy"])
        return "\(captionOpening(using: &generator)) \(withArticle("\(looks) \(animal)")) \(pose) \(backdrop.phrase)"
    }

    private var patch: Color { coat.name == "white" ? Color(0x7A5236) : Color(0xF5EFE4) }
    private var shade: Color { coat.color.darker(0.22) }
    private var muzzle: Color { coat.color.lighter(coat.name == "white" ? 0.5 : 0.3) }

    private func drawInProfile(on canvas: inout Canvas) {
        canvas.fill(.ellipse(Point(0.02, 0), 0.42, 0.035), .ink, opacity: 0.22)
        for x in [-0.2, 0.2] { drawLeg(on: &canvas, x: x, color: shade) }
        canvas.fill(
            .stroke(Point(-0.33, -0.39), Point(-0.45, -0.45), Point(-0.5, -0.61), width: 0.09, to: 0.035), coat.color)
        canvas.fill(
            .smooth(
                Point(-0.38, -0.35), Point(-0.3, -0.46), Point(-0.05, -0.46), Point(0.2, -0.5), Point(0.34, -0.39),
                Point(0.3, -0.2), Point(0.1, -0.17), Point(-0.12, -0.21), Point(-0.3, -0.18)),
            .gradient(top: coat.color.lighter(0.1), bottom: shade))
        if hasPatches {
            canvas.fill(.ellipse(Point(-0.16, -0.36), 0.11, 0.07, turn: 0.03), patch)
            canvas.fill(.ellipse(Point(0.1, -0.29), 0.07, 0.05, turn: -0.05), patch)
        }
        for x in [-0.28, 0.27] { drawLeg(on: &canvas, x: x, color: coat.color) }
        canvas.fill(.stroke(Point(0.25, -0.39), Point(0.36, -0.61), width: 0.2, to: 0.16), coat.color)
        canvas.fill(.stroke(Point(0.23, -0.53), Point(0.41, -0.46), width: 0.045), collar)
        canvas.fill(.circle(Point(0.4, -0.43), 0.026), Color(0xF6D36B))
        if !hasHangingEars {
            canvas.fill(.polygon(Point(0.3, -0.73), Point(0.31, -0.91), Point(0.43, -0.77)), shade)
        }
        canvas.fill(.ellipse(Point(0.4, -0.67), 0.145, 0.125), coat.color)
        canvas.fill(.ellipse(Point(0.54, -0.62), 0.115, 0.07, turn: 0.02), muzzle)
        canvas.fill(.stroke(Point(0.64, -0.595), Point(0.57, -0.58), Point(0.5, -0.595), width: 0.012), .ink)
        canvas.fill(.ellipse(Point(0.635, -0.655), 0.034, 0.028), .ink)
        drawEye(on: &canvas, at: Point(0.455, -0.705))
        if hasHangingEars {
            canvas.fill(
                .smooth(
                    Point(0.3, -0.77), Point(0.38, -0.73), Point(0.37, -0.55), Point(0.29, -0.5), Point(0.23, -0.61)),
                shade)
        }
    }

    private func drawLeg(on canvas: inout Canvas, x: Double, color: Color) {
        canvas.fill(.stroke(Point(x, -0.26), Point(x, -0.03), width: 0.105, to: 0.075), color)
        canvas.fill(.ellipse(Point(x + 0.022, -0.022), 0.06, 0.028), color.lighter(0.12))
    }

    private func drawFromTheFront(on canvas: inout Canvas) {
        canvas.fill(.ellipse(Point(0, 0), 0.3, 0.035), .ink, opacity: 0.22)
        canvas.fill(.stroke(Point(0.18, -0.08), Point(0.33, -0.13), Point(0.37, -0.27), width: 0.08, to: 0.035), shade)
        canvas.fill(
            .smooth(
                Point(0, -0.55), Point(0.16, -0.42), Point(0.25, -0.15), Point(0.2, -0.01), Point(0, 0),
                Point(-0.2, -0.01), Point(-0.25, -0.15), Point(-0.16, -0.42)),
            .gradient(top: coat.color, bottom: shade))
        canvas.fill(.ellipse(Point(0, -0.28), 0.09, 0.16), hasPatches ? patch : muzzle)
        for side in [-1.0, 1.0] {
            canvas.fill(.stroke(Point(side * 0.09, -0.3), Point(side * 0.08, -0.03), width: 0.1, to: 0.08), coat.color)
            canvas.fill(.ellipse(Point(side * 0.085, -0.025), 0.062, 0.032), coat.color.lighter(0.15))
        }
        canvas.fill(.stroke(Point(-0.12, -0.46), Point(0, -0.42), Point(0.12, -0.46), width: 0.045), collar)
        canvas.fill(.circle(Point(0, -0.39), 0.03), Color(0xF6D36B))
        if !hasHangingEars {
            for side in [-1.0, 1.0] {
                canvas.fill(
                    .polygon(Point(side * 0.2, -0.7), Point(side * 0.17, -0.93), Point(side * 0.04, -0.8)), shade)
            }
        }
        canvas.fill(.ellipse(Point(0, -0.64), 0.205, 0.185), coat.color)
        if hasPatches { canvas.fill(.ellipse(Point(0.085, -0.68), 0.07, 0.08, turn: 0.06), patch) }
        canvas.fill(.ellipse(Point(0, -0.565), 0.115, 0.085), muzzle)
        canvas.fill(.ellipse(Point(0, -0.5), 0.034, 0.05), Color(0xE9738B))
        canvas.fill(.stroke(Point(-0.07, -0.545), Point(-0.03, -0.52), Point(0, -0.54), width: 0.014), .ink)
        canvas.fill(.stroke(Point(0.07, -0.545), Point(0.03, -0.52), Point(0, -0.54), width: 0.014), .ink)
        canvas.fill(.ellipse(Point(0, -0.605), 0.045, 0.032), .ink)
        for side in [-1.0, 1.0] {
            drawEye(on: &canvas, at: Point(side * 0.085, -0.685))
            if hasHangingEars {
                canvas.fill(
                    .smooth(
                        Point(side * 0.12, -0.8), Point(side * 0.2, -0.76), Point(side * 0.26, -0.58),
                        Point(side * 0.21, -0.5), Point(side * 0.16, -0.6)), shade)
            }
        }
    }

    private func drawEye(on canvas: inout Canvas, at place: Point) {
        if coat.name == "black" { canvas.fill(.circle(place, 0.031), Color(0xB98A4E)) }
        canvas.fill(.circle(place, 0.024), .ink)
        canvas.fill(.circle(place + Point(0.008, -0.008), 0.008), .white)
    }
}
