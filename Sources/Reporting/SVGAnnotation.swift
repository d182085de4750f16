import Charts
import Corpus
import Extraction

/// The words of a post with annotated entities below them and relations as arcs above, and what was predicted beneath.
struct SVGAnnotation: SVGFigure {
    let words: [String]
    /// In word offsets.
    let gold: Annotation
    let predicted: Annotation
    /// Every type that may occur; its place decides its colour.
    let types: [String]

    private static let (wordSize, labelSize) = (14.0, 11.0)
    private static let (arcHeight, spanHeight) = (22.0, 17.0)

    var isWide: Bool { true }

    var svg: String {
        var starts: [Double] = []
        var x = 46.0
        for word in words {
            starts.append(x)
            x += word.estimatedWidth(fontSize: Self.wordSize) + 7
        }
        starts.append(x)
        let above = Self.arcHeight * Double(max(gold.relations.count, 1)) + 6
        let base = above + Self.spanHeight + 20
        let below = base + Self.spanHeight + 14
        let height = below + Self.arcHeight * Double(predicted.relations.count) + 14
        var canvas = SVGCanvas(width: max(x + 10, 240), height: height)
        for (word, start) in zip(words, starts) { canvas.text(word, at: (start, base), fontSize: Self.wordSize) }
        canvas.text("gold", at: (0, base - 24), opacity: 0.7, fontSize: Self.labelSize)
        canvas.text("found", at: (0, base + 22), opacity: 0.7, fontSize: Self.labelSize)
        draw(gold, starts, spansAt: base - 34, arcsAt: above - 8, rising: true, on: &canvas)
        draw(predicted, starts, spansAt: base + 10, arcsAt: below + 4, rising: false, on: &canvas)
        return canvas.svg(label: "\(words.joined(separator: " ")): annotated and found")
    }

    private func draw(
        _ annotation: Annotation, _ starts: [Double], spansAt top: Double, arcsAt arcs: Double, rising: Bool,
        on canvas: inout SVGCanvas
    ) {
        func middle(_ entity: Int) -> Double {
            let span = annotation.entities[entity]
            return (starts[span.start] + starts[span.end] - 7) / 2
        }
        for span in annotation.entities where span.start < span.end && span.end < starts.count {
            let color = Palette.series(types.firstIndex(of: span.type) ?? 0)
            let width = starts[span.end] - starts[span.start] - 7
            canvas.rectangle(
                at: (starts[span.start], top), width: width, height: 14, style: "fill: \(color); fill-opacity: 0.3",
                radius: 3, title: span.type)
            canvas.text(
                span.type.shortened(toWidth: max(width, 24), fontSize: Self.labelSize),
                at: (starts[span.start] + width / 2, top + 11), anchor: .middle, fontSize: Self.labelSize)
        }
        for (index, relation) in annotation.relations.enumerated() {
            let ends = [annotation.entities[relation.head], annotation.entities[relation.tail]]
            guard ends.allSatisfy({ $0.start < $0.end && $0.end < starts.count }) else { continue }
            let (from, to) = (middle(relation.head), middle(relation.tail))
            let y = arcs + (rising ? -1 : 1) * Self.arcHeight * Double(index)
            let foot = rising ? top : top + 14
            canvas.line(from: (from, foot), to: (from, y), opacity: 0.5)
            canvas.line(from: (from, y), to: (to, y), opacity: 0.5)
            canvas.line(from: (to, y), to: (to, foot), opacity: 0.5)
            canvas.circle((to, foot), radius: 2.5, color: "currentColor")
            canvas.text(
                relation.type, at: ((from + to) / 2, y - 3), anchor: .middle, opacity: 0.85, fontSize: Self.labelSize)
        }
    }
}
