/// A colour as red, green and blue from 0 to 1.
struct Color: Hashable {
    var red: Double
    var green: Double
    var blue: Double

    static let white = Color(0xFFFFFF)
    static let ink = Color(0x1F1B24)

    /// A colour written as `0xRRGGBB`.
    init(_ hex: UInt32) {
        func channel(_ shift: UInt32) -> Double { Double(hex >> shift & 0xFF) / 255 }
        (red, green, blue) = (channel(16), channel(8), channel(0))
    }

    private init(red: Double, green: Double, blue: Double) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// The colour between this one (amount 0) and another (amount 1).
    func mixed(with other: Color, _ amount: Double) -> Color {
        Color(
            red: red + (other.red - red) * amount,
            green: green + (other.green - green) * amount,
            blue: blue + (other.blue - blue) * amount)
    }

    /// A shade of the colour; amount 0 is the colour itself, 1 is nearly black.
    func darker(_ amount: Double = 0.2) -> Color { mixed(with: .ink, amount) }

    /// A tint of the colour; amount 0 is the colour itself, 1 is white.
    func lighter(_ amount: Double = 0.2) -> Color { mixed(with: .white, amount) }
}

/// A colour and the words for it.
struct NamedColor {
    var name: String
    var color: Color

    init(_ name: String, _ hex: UInt32) {
        self.name = name
        color = Color(hex)
    }
}

/// The filling of a shape.
enum Paint {
    case solid(Color)
    /// From one colour at the top of the shape to another at its bottom.
    case gradient(top: Color, bottom: Color)

    /// The colour at a height of the shape, from 0 at its top to 1 at its bottom.
    func color(at height: Double) -> Color {
        switch self {
        case .solid(let color): color
        case .gradient(let top, let bottom): top.mixed(with: bottom, min(max(height, 0), 1))
        }
    }
}
