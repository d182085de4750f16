/// A square picture in 8-bit sRGB.
public struct RGBPicture: Sendable, Equatable, CustomStringConvertible {
    /// Width and height in pixels.
    public let side: Int
    /// `side * side` pixels by rows, each three bytes: red, green, blue.
    public let bytes: [UInt8]

    /// Wraps pixels.
    /// - Precondition: There are `side * side * 3` bytes.
    public init(side: Int, bytes: [UInt8]) {
        precondition(bytes.count == side * side * 3, "\(bytes.count) bytes are no RGB square of side \(side)")
        self.side = side
        self.bytes = bytes
    }

    public var description: String { "a picture of \(side) x \(side) pixels" }
}
