import Support

/// A person, standing or close up.
struct Person {
    private let skin: Color
    private let hair: NamedColor
    private let shirt: NamedColor
    private let trousers: Color
    private let hairStyle: HairStyle
    private let isCloseUp: Bool
    private let isWaving: Bool
    private let wearsGlasses: Bool
    private let backdrop: Backdrop

    private enum HairStyle: CaseIterable { case short, long, curly, cap }

    private static let skins = [Color(0xF3CFB3), Color(0xE3AE85), Color(0xC68A5E), Color(0x96623F), Color(0x6B432C)]
    private static let hairColors = [
        NamedColor("black", 0x2A2327), NamedColor("brown", 0x6B4429), NamedColor("blond", 0xDDB35A),
        NamedColor("red", 0xB4532A), NamedColor("grey", 0xA9A8AC),
    ]
    private static let shirts = [
        NamedColor("red", 0xD0454C), NamedColor("blue", 0x3D78C2), NamedColor("green", 0x3F9466),
        NamedColor("yellow", 0xEDBB43), NamedColor("purple", 0x7F5AA8), NamedColor("white", 0xF2F0EC),
        NamedColor("orange", 0xE5823B),
    ]

    /// Chooses a person.
    init(using generator: inout SplitMix64) {
        skin = generator.pick(Self.skins)
        hair = generator.pick(Self.hairColors)
        shirt = generator.pick(Self.shirts)
        trousers = generator.pick([Color(0x34466B), Color(0x4A4A4F), Color(0x8A6F4D), Color(0x2F5D62)])
        hairStyle = generator.pick(HairStyle.allCases)
        isCloseUp = generator.chance(0.4)
        isWaving = !isCloseUp && generator.chance(0.5)
        wearsGlasses = generator.chance(0.25)
        backdrop = generator.pick(Backdrop.allCases)
    }

    /// Draws the person in the scene and describes them.
    func draw(on canvas: inout Canvas, using generator: inout SplitMix64) -> String {
        backdrop.draw(on: &canvas, using: &generator)
        let x = generator.number(0.4, 0.6)
        let scale = isCloseUp ? generator.number(1.9, 2.3) : generator.number(0.8, 0.92)
        let feet = isCloseUp ? 0.43 + scale * 0.87 : backdrop.ground + 0.03
        canvas.placement = Placement(origin: Point(x, feet), scale: scale, isMirrored: generator.chance(0.5))
        if !isCloseUp { drawLegs(on: &canvas) }
        drawTorso(on: &canvas)
        drawHead(on: &canvas)
        let noun = generator.pick(hairStyle == .long ? ["woman", "girl"] : ["man", "person", "boy", "young man"])
        let pose = isCloseUp ? "smiling" : isWaving ? "waving" : "standing"
        return "\(captionOpening(using: &generator)) \(withArticle(noun)) with \(headPhrase) and "
            + "\(withArticle("\(shirt.name) shirt")) \(pose) \(backdrop.phrase)"
    }

    private var headPhrase: String {
        switch hairStyle {
        case .short: "\(hair.name) hair"
        case .long: "long \(hair.name) hair"
        case .curly: "curly \(hair.name) hair"
        case .cap: "a cap"
        }
    }

    private func drawLegs(on canvas: inout Canvas) {
        canvas.fill(.ellipse(Point(0, -0.005), 0.17, 0.025), .ink, opacity: 0.22)
        for side in [-1.0, 1.0] {
            canvas.fill(
                .stroke(Point(side * 0.052, -0.45), Point(side * 0.06, -0.05), width: 0.105, to: 0.075), trousers)
            canvas.fill(.ellipse(Point(side * 0.075, -0.022), 0.058, 0.026), Color(0x3A2E2A))
        }
    }

    private func drawTorso(on canvas: inout Canvas) {
        let sleeve = shirt.color.darker(0.12)
        drawArm(
            on: &canvas, from: Point(-0.125, -0.68), by: Point(-0.185, -0.53), to: Point(-0.16, -0.4), sleeve: sleeve)
        if isWaving {
            drawArm(
                on: &canvas, from: Point(0.125, -0.68), by: Point(0.235, -0.66), to: Point(0.26, -0.85), sleeve: sleeve)
        } else {
            drawArm(
                on: &canvas, from: Point(0.125, -0.68), by: Point(0.185, -0.53), to: Point(0.16, -0.4), sleeve: sleeve)
        }
        canvas.fill(
            .smooth(
                Point(-0.04, -0.75), Point(0.04, -0.75), Point(0.14, -0.7), Point(0.125, -0.55), Point(0.115, -0.41),
                Point(0, -0.395), Point(-0.115, -0.41), Point(-0.125, -0.55), Point(-0.14, -0.7)),
            .gradient(top: shirt.color.lighter(0.08), bottom: shirt.color.darker(0.1)))
        canvas.fill(.ellipse(Point(0, -0.745), 0.045, 0.03), skin.darker(0.12))
        canvas.fill(.rectangle(-0.033, -0.8, 0.033, -0.74), skin.darker(0.12))
    }

    private func drawArm(on canvas: inout Canvas, from shoulder: Point, by elbow: Point, to hand: Point, sleeve: Color)
    {
        canvas.fill(.stroke(shoulder, elbow, hand, width: 0.058, to: 0.045), skin)
        canvas.fill(.circle(hand, 0.032), skin)
        canvas.fill(.stroke(shoulder, shoulder + (elbow - shoulder) * 0.75, width: 0.078, to: 0.072), sleeve)
    }

    private func drawHead(on canvas: inout Canvas) {
        let center = Point(0, -0.87)
        if hairStyle == .long {
            canvas.fill(
                .smooth(
                    Point(0, -1), Point(0.11, -0.95), Point(0.13, -0.82), Point(0.12, -0.68), Point(0, -0.7),
                    Point(-0.12, -0.68), Point(-0.13, -0.82), Point(-0.11, -0.95)), hair.color.darker(0.1))
            canvas.fill(.rectangle(-0.033, -0.82, 0.033, -0.74), skin.darker(0.12))
        }
        if hairStyle == .curly {
            for step in 0..<11 {
                canvas.fill(.circle(center + Path.onCircle(0.46 + Double(step) * 0.058) * 0.105, 0.045), hair.color)
            }
        }
        for side in [-1.0, 1.0] { canvas.fill(.circle(center + Point(side * 0.094, 0.01), 0.02), skin.darker(0.08)) }
        canvas.fill(.ellipse(center, 0.093, 0.108), skin)
        drawFace(on: &canvas, center: center)
        drawTop(on: &canvas, center: center)
    }

    private func drawFace(on canvas: inout Canvas, center: Point) {
        for side in [-1.0, 1.0] {
            let eye = center + Point(side * 0.036, -0.002)
            canvas.fill(.ellipse(eye, 0.017, 0.012), .white)
            canvas.fill(.circle(eye, 0.0095), .ink)
            canvas.fill(
                .stroke(eye + Point(-0.018, -0.026), eye + Point(0, -0.031), eye + Point(0.018, -0.026), width: 0.008),
                hair.color.darker(0.2))
            canvas.fill(.circle(center + Point(side * 0.052, 0.036), 0.016), Color(0xE26D6D), opacity: 0.3)
            if wearsGlasses {
                canvas.fill(.circle(eye, 0.031).cutting(.circle(eye, 0.025)), .ink)
            }
        }
        if wearsGlasses { canvas.fill(.rectangle(-0.008, center.y - 0.006, 0.008, center.y), .ink) }
        canvas.fill(
            .stroke(center + Point(0, 0.012), center + Point(0.01, 0.03), center + Point(-0.004, 0.034), width: 0.007),
            skin.darker(0.3))
        canvas.fill(
            .smooth(
                center + Point(-0.036, 0.052), center + Point(0, 0.06), center + Point(0.036, 0.052),
                center + Point(0, 0.082)), Color(0xA63A44))
        canvas.fill(.ellipse(center + Point(0, 0.062), 0.022, 0.005), .white)
    }

    private func drawTop(on canvas: inout Canvas, center: Point) {
        if hairStyle == .cap {
            canvas.fill(
                .smooth(
                    center + Point(-0.1, -0.035), center + Point(-0.08, -0.11), center + Point(0, -0.135),
                    center + Point(0.08, -0.11), center + Point(0.1, -0.035), center + Point(0, -0.045)),
                shirt.color.darker(0.3))
            canvas.fill(
                .stroke(center + Point(0.03, -0.045), center + Point(0.15, -0.035), width: 0.026),
                shirt.color.darker(0.45))
        } else {
            canvas.fill(
                .smooth(
                    center + Point(-0.1, 0.01), center + Point(-0.1, -0.075), center + Point(-0.03, -0.127),
                    center + Point(0.06, -0.118), center + Point(0.103, -0.06), center + Point(0.1, 0.01),
                    center + Point(0.075, -0.045), center + Point(0.02, -0.06), center + Point(-0.07, -0.045)),
                .gradient(top: hair.color.lighter(0.12), bottom: hair.color))
        }
    }
}
