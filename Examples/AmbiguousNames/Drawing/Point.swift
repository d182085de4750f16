/// A point of the plane; x grows to the right and y downwards.
struct Point {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    static func + (left: Point, right: Point) -> Point { Point(left.x + right.x, left.y + right.y) }
    static func - (left: Point, right: Point) -> Point { Point(left.x - right.x, left.y - right.y) }
    static func * (point: Point, factor: Double) -> Point { Point(point.x * factor, point.y * factor) }

    /// The distance from the origin.
    var length: Double { (x * x + y * y).squareRoot() }
}

/// The place of a drawing's own coordinates on the canvas: scaled, mirrored, then moved.
struct Placement {
    var origin = Point(0, 0)
    var scale = 1.0
    var isMirrored = false

    /// The point of the canvas for a point of the drawing.
    func callAsFunction(_ point: Point) -> Point {
        Point(origin.x + (isMirrored ? -point.x : point.x) * scale, origin.y + point.y * scale)
    }
}
