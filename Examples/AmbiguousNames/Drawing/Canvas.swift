import Foundation
import Support

/// A square picture that shapes are painted on, with smooth edges. Its coordinates run from 0 to 1, y downwards.
struct Canvas {
    /// Pixels a side.
    let size: Int
    /// The placement of shapes that are painted from now on.
    var placement = Placement()
    private(set) var pixels: [Color]

    init(size: Int, color: Color = .white) {
        self.size = size
        pixels = Array(repeating: color, count: size * size)
    }

    mutating func fill(_ path: Path, _ color: Color, opacity: Double = 1) {
        fill(path, .solid(color), opacity: opacity)
    }

    /// Paints a shape: four lines a pixel row, along each of which the covered share of every pixel is exact.
    mutating func fill(_ path: Path, _ paint: Paint, opacity: Double = 1) {
        let linesPerRow = 4
        let scale = Double(size)
        let outlines = path.placed(placement).outlines.map { $0.map { $0 * scale } }
        let heights = outlines.joined().map(\.y)
        guard let top = heights.min(), let bottom = heights.max(), bottom > 0, top < scale else { return }
        for row in max(0, Int(top))..<min(size, Int(bottom) + 1) {
            var coverage = [Double](repeating: 0, count: size)
            for line in 0..<linesPerRow {
                let y = Double(row) + (Double(line) + 0.5) / Double(linesPerRow)
                for span in spans(of: outlines, at: y) {
                    cover(&coverage, span, share: 1 / Double(linesPerRow))
                }
            }
            let color = paint.color(at: (Double(row) + 0.5 - top) / (bottom - top))
            for column in 0..<size where coverage[column] > 0 {
                let index = row * size + column
                pixels[index] = pixels[index].mixed(with: color, min(coverage[column], 1) * opacity)
            }
        }
    }

    /// Adds the grain of a film, `strength` its standard deviation.
    mutating func addGrain(strength: Double, using generator: inout SplitMix64) {
        for index in pixels.indices {
            let noise = generator.normal() * strength
            pixels[index].red += noise
            pixels[index].green += noise
            pixels[index].blue += noise
        }
    }

    /// The intervals of a line that are inside the outlines.
    private func spans(of outlines: [[Point]], at y: Double) -> [ClosedRange<Double>] {
        var crossings: [(x: Double, direction: Int)] = []
        for outline in outlines {
            guard var previous = outline.last else { continue }
            for point in outline {
                if (previous.y <= y) != (point.y <= y) {
                    let x = previous.x + (y - previous.y) / (point.y - previous.y) * (point.x - previous.x)
                    crossings.append((x, point.y > previous.y ? 1 : -1))
                }
                previous = point
            }
        }
        crossings.sort { $0.x < $1.x }
        var spans: [ClosedRange<Double>] = []
        var (winding, start) = (0, 0.0)
        for crossing in crossings {
            if winding == 0 { start = crossing.x }
            winding += crossing.direction
            if winding == 0 { spans.append(start...crossing.x) }
        }
        return spans
    }

    /// Adds to each pixel of a row the share of it that a span covers.
    private func cover(_ coverage: inout [Double], _ span: ClosedRange<Double>, share: Double) {
        let (left, right) = (max(span.lowerBound, 0), min(span.upperBound, Double(size)))
        guard left < right else { return }
        for column in Int(left)..<min(size, Int(right) + 1) {
            let covered = min(right, Double(column + 1)) - max(left, Double(column))
            coverage[column] += max(covered, 0) * share
        }
    }
}
