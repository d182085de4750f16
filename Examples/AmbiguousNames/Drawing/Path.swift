import Foundation

/// A shape: closed outlines made of straight lines. What any outline goes round, in the sense of the non-zero winding
/// rule, is inside.
struct Path {
    private(set) var outlines: [[Point]]

    init(_ outline: [Point]) {
        outlines = [outline]
    }

    private init(outlines: [[Point]]) {
        self.outlines = outlines
    }

    static func polygon(_ points: Point...) -> Path { Path(points) }

    static func rectangle(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> Path {
        .polygon(Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom))
    }

    /// A rectangle with rounded corners.
    static func card(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double, radius: Double) -> Path {
        let corners = [(right, top, -0.25), (right, bottom, 0), (left, bottom, 0.25), (left, top, 0.5)]
        return Path(
            corners.flatMap { x, y, start in
                let center = Point(x + (x == right ? -radius : radius), y + (y == bottom ? -radius : radius))
                return (0...8).map { center + onCircle(start + Double($0) / 32) * radius }
            })
    }

    static func circle(_ center: Point, _ radius: Double) -> Path { ellipse(center, radius, radius) }

    /// An ellipse; `turn` is in full turns, clockwise.
    static func ellipse(_ center: Point, _ width: Double, _ height: Double, turn: Double = 0) -> Path {
        let axis = onCircle(turn)
        return Path(
            (0..<48).map { step in
                let point = onCircle(Double(step) / 48)
                let (x, y) = (point.x * width, point.y * height)
                return center + Point(x * axis.x - y * axis.y, x * axis.y + y * axis.x)
            })
    }

    /// A regular polygon that stands on a corner or, turned, otherwise; `turn` is in full turns, clockwise.
    static func regular(_ corners: Int, _ center: Point, _ radius: Double, turn: Double = 0) -> Path {
        Path((0..<corners).map { center + onCircle(Double($0) / Double(corners) - 0.25 + turn) * radius })
    }

    /// A smooth closed curve through points (Catmull-Rom).
    static func smooth(_ points: Point...) -> Path {
        let count = points.count
        return Path(
            points.indices.flatMap { index in
                let around = (-1...2).map { points[(index + $0 + count) % count] }
                return (0..<10).map { spline(around, Double($0) / 10) }
            })
    }

    /// A line with round ends along a smooth curve through points; its width runs from one value to another.
    static func stroke(_ points: Point..., width: Double, to end: Double? = nil) -> Path {
        let padded = [points[0]] + points + [points[points.count - 1]]
        let pieces = points.count - 1
        let curve = (0...pieces * 8).map { step in
            let index = min(step / 8, pieces - 1)
            return spline(Array(padded[index..<index + 4]), Double(step - index * 8) / 8)
        }
        let radii = curve.indices.map { index in
            (width + ((end ?? width) - width) * Double(index) / Double(curve.count - 1)) / 2
        }
        var path = Path(outlines: zip(curve, radii).flatMap { circle($0, $1).outlines })
        for index in curve.indices.dropLast() {
            let (start, stop) = (curve[index], curve[index + 1])
            let along = stop - start
            guard along.length > 0 else { continue }
            let across = Point(-along.y, along.x) * (1 / along.length)
            path.outlines.append([
                start - across * radii[index], stop - across * radii[index + 1],
                stop + across * radii[index + 1], start + across * radii[index],
            ])
        }
        return path
    }

    /// The shape at its place on the canvas.
    func placed(_ placement: Placement) -> Path {
        Path(outlines: outlines.map { $0.map { placement($0) } })
    }

    /// This shape and another as one.
    func union(_ other: Path) -> Path { Path(outlines: outlines + other.outlines) }

    /// This shape with another, which lies inside it, cut out.
    func cutting(_ other: Path) -> Path {
        Path(outlines: outlines + other.outlines.map { $0.reversed() })
    }

    /// A point of the unit circle; angles are in full turns, clockwise from the right.
    static func onCircle(_ turn: Double) -> Point {
        Point(cos(turn * 2 * .pi), sin(turn * 2 * .pi))
    }

    private static func spline(_ points: [Point], _ time: Double) -> Point {
        let (square, cube) = (time * time, time * time * time)
        let sum =
            points[0] * (2 * square - time - cube) + points[1] * (3 * cube - 5 * square + 2)
            + points[2] * (4 * square + time - 3 * cube) + points[3] * (cube - square)
        return sum * 0.5
    }
}
