import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Charts and pages")
struct ChartTests {
    /// Parses markup as XML and fails the test where it is not well-formed.
    private func parse(_ markup: String, sourceLocation: SourceLocation = #_sourceLocation) -> [Element] {
        let collector = Collector()
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = collector
        #expect(parser.parse(), "\(String(describing: parser.parserError))", sourceLocation: sourceLocation)
        return collector.elements
    }

    struct Element {
        let name: String
        let attributes: [String: String]

        func number(_ name: String) -> Double { attributes[name].flatMap(Double.init) ?? .nan }
    }

    private final class Collector: NSObject, XMLParserDelegate {
        var elements: [Element] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            elements.append(Element(name: name, attributes: attributes))
        }
    }

    private func chart(_ points: [(Double, Double)], deviation: Double? = nil) -> SVGChart {
        SVGChart(
            label: "Loss <of> \"a\" & b", xTitle: "step", yTitle: "loss",
            series: [SVGChart.Series("a & b", points.map { .init(x: $0.0, y: $0.1, deviation: deviation) })])
    }

    /// Every kind of figure, with usual values and with values that there is nothing to draw of.
    private var figures: [any SVGFigure] {
        let odd: [Double] = [.nan, .infinity, -.infinity, 1e308, -1e308, 5e-324, 0]
        let names = odd.map { "<\($0)>" }
        return [
            chart((1...20).map { (Double($0), 1 / Double($0)) }, deviation: 0.1),
            chart([]), chart([(3, 0.5)]), chart([(3, 0.5)], deviation: 0.1), chart([(.nan, .nan)]),
            chart([(0, 1), (1, .nan), (2, 3)], deviation: .nan),
            chart(odd.flatMap { x in odd.map { (x, $0) } }, deviation: .infinity),
            SVGChart(label: "", xTitle: "", yTitle: "", series: []),
            SVGBars(label: "bars", title: "F1", bars: [.init("a", 0.5, deviation: 0.1), .init("b", -0.2)]),
            SVGBars(label: "bars", title: "F1", bars: []),
            SVGBars(label: "bars", title: "F1", bars: odd.map { .init("<&>", $0, deviation: $0) }),
            SVGBars(label: "bars", title: "F1", bars: [.init("a", 0.5, interval: -.infinity ... .infinity)]),
            SVGHeatMap(label: "map", rows: ["a", "b"], columns: ["c"], values: [[0.1], [0.9]]),
            SVGHeatMap(label: "map", rows: [], columns: [], values: []),
            SVGHeatMap(label: "map", rows: ["a"], columns: ["<b>", "c"], values: [[1]], scale: .diverging),
            SVGHeatMap(label: "map", rows: names, columns: names, values: odd.map { [$0, 1, $0] }),
            SVGHeatMap(label: "map", rows: names, columns: names, values: [odd], scale: .diverging),
        ]
    }

    @Test("Markup in text is text")
    func escaping() {
        #expect("a < b & \"c\" > 'd'".escapedForMarkup == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;")
        #expect("naïve 東京 👩‍👩‍👧\n".escapedForMarkup == "naïve 東京 👩‍👩‍👧\n")
        #expect("a\u{0}b\u{1b}\u{ffff}".escapedForMarkup == "a\u{fffd}b\u{fffd}\u{fffd}")
    }

    @Test(
        "Ticks are round numbers",
        arguments: [
            ([0, 1], ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            ([0.831, 0.872], ["0.83", "0.84", "0.85", "0.86", "0.87", "0.88"]),
            ([-3, 4], ["−4", "−2", "0", "2", "4"]),
            ([1, 5847], ["0", "2000", "4000", "6000"]),
            ([0, 41_000], ["0", "10k", "20k", "30k", "40k", "50k"]),
            ([0, 2_400_000], ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"]),
            ([0, 5e-5], ["0", "1e−5", "2e−5", "3e−5", "4e−5", "5e−5"]),
            ([.nan, .infinity], ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            ([], ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ] as [([Double], [String])])
    func ticks(values: [Double], labels: [String]) {
        #expect(AxisTicks(enclosing: values).labels == labels)
    }

    @Test("There are no ticks between whole numbers where none can be")
    func wholeTicks() {
        #expect(AxisTicks(enclosing: [1, 3], wholeNumbers: true).values == [1, 2, 3])
        #expect(AxisTicks(enclosing: [1, 30], wholeNumbers: true).values == [0, 10, 20, 30])
        #expect(AxisTicks(enclosing: [3], wholeNumbers: true).values == [2, 3, 4])
    }

    @Test("Ticks enclose the values, evenly, each with a label of its own")
    func tickProperties() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let scale = Foundation.pow(10, Double.random(in: -12...12, using: &generator))
            let values = [0, 1].map { _ in scale * Double.random(in: -1...1, using: &generator) }
            let ticks = AxisTicks(enclosing: values, count: 5)
            #expect(values.allSatisfy { ticks.bounds.contains($0) }, "\(values)")
            #expect((2...8).contains(ticks.values.count), "\(values)")
            #expect(Set(ticks.labels).count == ticks.labels.count, "\(values): \(ticks.labels)")
            let steps = zip(ticks.values, ticks.values.dropFirst()).map { $1 - $0 }
            let size = ticks.values.map(abs).max() ?? 0
            #expect(steps.allSatisfy { $0 > 0 && abs($0 - steps[0]) <= 1e-12 * size }, "\(values)")
        }
        for value in [0, 1, -1, 1e-300, 1e300, 0.84] {
            let ticks = AxisTicks(enclosing: [value])
            #expect(ticks.bounds.lowerBound < ticks.bounds.upperBound)
            #expect(abs(value) > 1e100 || ticks.bounds.contains(value))
        }
    }

    @Test("Every figure is one well-formed element that says what it shows and is drawn inside its frame")
    func wellFormed() throws {
        for figure in figures {
            let elements = parse(figure.svg)
            let root = try #require(elements.first)
            #expect(root.name == "svg" && root.attributes["role"] == "img" && root.attributes["aria-label"] != nil)
            let frame = (root.attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
            try #require(frame.count == 4)
            #expect(elements.count > 1)
            for element in elements.dropFirst() {
                for (name, limit) in [("x", 2), ("cx", 2), ("x1", 2), ("x2", 2), ("y", 3), ("cy", 3), ("y2", 3)]
                where element.attributes[name] != nil {
                    #expect((0...frame[limit]).contains(element.number(name)), "\(element)")
                }
                if element.name == "rect" {
                    #expect(element.number("x") + element.number("width") <= frame[2] + 0.01)
                    #expect(element.number("y") + element.number("height") <= frame[3] + 0.01)
                }
                for (name, value) in element.attributes {
                    #expect(!value.lowercased().contains("nan") && !value.contains("inf"), "\(name)=\(value)")
                }
            }
        }
        #expect(parse(chart([]).svg).first?.attributes["aria-label"] == "Loss <of> \"a\" & b")
    }

    @Test("What is not finite leaves a gap in a line; a point between gaps is a dot")
    func gaps() {
        let points: [(Double, Double)] = [(0, 1), (1, 2), (2, .nan), (3, 1), (4, .infinity), (5, 3), (6, 2), (7, 1)]
        let elements = parse(chart(points).svg)
        // One more line and no dot is in the legend.
        #expect(elements.count { $0.name == "polyline" } == 3)
        #expect(elements.count { $0.name == "circle" } == 6)
    }

    @Test("A band shows deviations; a long line keeps its extremes without dots")
    func bandsAndLongLines() {
        #expect(parse(chart([(0, 1), (1, 2)], deviation: 0.5).svg).count { $0.name == "polygon" } == 1)
        #expect(!chart([(0, 1), (1, 2)], deviation: 0).svg.contains("<polygon"))
        let spike: [(Double, Double)] = (0..<50_000).map { index in
            let height = index == 31_234 ? 1 : Double(index % 2) / 2
            return (Double(index), height)
        }
        let svg = chart(spike).svg
        #expect(svg.utf8.count < 30_000 && !svg.contains("<circle"))
        let top = parse(svg).filter { $0.name == "line" }.map { $0.number("y1") }.min() ?? .nan
        let heights = parse(svg).filter { $0.name == "polyline" }.flatMap { element in
            (element.attributes["points"] ?? "").split(separator: " ").compactMap {
                $0.split(separator: ",").last.flatMap { Double($0) }
            }
        }
        #expect(heights.contains(top))
    }

    @Test("Bars begin at zero and their error bars end where the interval does")
    func bars() throws {
        let elements = parse(
            SVGBars(
                label: "bars", title: "F1",
                bars: [.init("a", 1, interval: 0.5...1), .init("b", 0.5), .init("c", -1)]
            ).svg)
        let bars = elements.filter { $0.name == "rect" }
        try #require(bars.count == 3)
        let zero = bars[0].number("x")
        #expect(bars[1].number("x") == zero)
        #expect(abs(bars[0].number("width") - 2 * bars[1].number("width")) < 0.02)
        #expect(abs(bars[2].number("x") + bars[2].number("width") - zero) < 0.02)
        let ends = elements.filter { $0.name == "line" && $0.attributes["style"]?.contains("1.5") == true }
        #expect(ends.count == 3)
        #expect(abs(ends[0].number("x1") - (zero + bars[1].number("width"))) < 0.02)
        #expect(abs(ends[0].number("x2") - (zero + bars[0].number("width"))) < 0.02)
    }

    @Test("Cells have more colour for greater values, or another for negative ones")
    func heatMap() {
        func styles(_ scale: SVGHeatMap.Scale) -> [String] {
            let map = SVGHeatMap(
                label: "map", rows: ["a"], columns: ["b", "c", "d"], values: [[-1, 0, 0.5]], scale: scale)
            return parse(map.svg).filter { $0.name == "rect" }.prefix(3).map { $0.attributes["style"] ?? "" }
        }
        let sequential = styles(.sequential)
        #expect(sequential.allSatisfy { $0.contains("--series-1") })
        #expect(sequential.map { $0.suffix(5) } == ["0.060", "0.687", "1.000"])
        let diverging = styles(.diverging)
        #expect(diverging.map { $0.contains("--series-2") } == [true, false, false])
        #expect(diverging.map { $0.suffix(5) } == ["1.000", "0.060", "0.530"])
        #expect(SVGHeatMap(label: "map", rows: ["a"], columns: ["b"], values: []).svg.contains("a, b: no value"))
    }

    @Test("A page is well-formed, needs no other file, and has every colour for light and dark screens")
    func page() {
        let page = HTMLPage(
            title: "A <title>", summary: "x & y",
            sections: [
                .init(
                    "One & two",
                    [
                        .paragraph("1 < 2"), .table(HTMLTable(header: ["", "F1"], rows: [["<a>", "1"], ["b"], []])),
                        .markup("<p>as <b>it</b> is</p>"),
                    ]
                        + figures.map { .figure($0, caption: "\"figure\" & caption") })
            ], footer: "<end>")
        let html = page.html
        #expect(html.hasPrefix("<!doctype html>\n"))
        let elements = parse(html.replacing("<!doctype html>\n", with: ""))
        #expect(elements.count { $0.name == "svg" } == figures.count)
        #expect(elements.count { $0.name == "tr" } == 4)
        #expect(elements.filter { $0.name == "td" || $0.name == "th" }.count == 8)
        #expect(elements.allSatisfy { $0.attributes["src"] == nil && $0.attributes["href"] == nil })
        #expect(!html.contains("url(") && !html.contains("@import") && !html.contains("<script"))
        for match in html.matches(of: /var\((--[a-z0-9-]+)/) {
            #expect(html.split(separator: "\(match.output.1): ").count >= 3, "\(match.output.1)")
        }
    }

    @Test(
        "A page to look at is written where CHART_PAGE says",
        .enabled(if: ProcessInfo.processInfo.environment["CHART_PAGE"] != nil, "CHART_PAGE names no file"))
    func sample() throws {
        let path = try #require(ProcessInfo.processInfo.environment["CHART_PAGE"])
        try Data(SamplePage.page.html.utf8).write(to: URL(filePath: path))
    }
}
