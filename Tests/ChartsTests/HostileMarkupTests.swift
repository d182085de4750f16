import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Hostile text on pages")
struct HostileMarkupTests {
    static let texts = [
        "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "</script><script>alert(1)</script>",
        "</style><script>alert(1)</script>", "]]><script>alert(1)</script>", "<!--", "--><b>", "\" onload=\"alert(1)",
        "' onload='alert(1)", "&lt;img&gt; &amp; &#60;", "<a href=\"javascript:alert(1)\">", "<svg/onload=alert(1)>",
        "</svg></div></main></body></html>", "a\u{0}b\u{1}c\u{8}d\u{b}e\u{1f}f\u{fffe}g\u{ffff}",
        "\u{202e}gpj.exe\u{202c}", "\u{2066}a\u{2069}", "| a | b |\n|---|---|", "![x](http://x.example/y.png)",
        "[a](javascript:alert(1))", "naïve 東京 👩‍👩‍👧 שלום",
    ]

    /// Everything that a page can say, said with one text.
    private func page(_ text: String) -> HTMLPage {
        let bars = SVGBars(label: text, title: text, bars: [.init(text, 0.5, deviation: 0.1), .init(text + text, 1)])
        let chart = SVGChart(
            label: text, xTitle: text, yTitle: text, series: [.init(text, [.init(x: 0, y: 1), .init(x: 1, y: 2)])])
        let map = SVGHeatMap(label: text, rows: [text, text + text], columns: [text], values: [[0.1], [0.9]])
        return HTMLPage(
            title: text, summary: text,
            sections: [
                .init(
                    text,
                    [
                        .paragraph(text),
                        .table(HTMLTable(header: [text, text], rows: [[text, text]], caption: text)),
                        .figure(bars, caption: text), .figure(chart, caption: text), .figure(map, caption: text),
                    ])
            ], footer: text)
    }

    /// The elements of a page, with their attributes; nil where it is not well-formed.
    private func outline(_ html: String) -> [String]? {
        let outline = Outline()
        let parser = XMLParser(data: Data(html.replacing("<!doctype html>\n", with: "").utf8))
        parser.delegate = outline
        return parser.parse() ? outline.elements : nil
    }

    private final class Outline: NSObject, XMLParserDelegate {
        var elements: [String] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String] = [:]
        ) {
            elements.append("\(name) \(attributes.keys.sorted())")
        }
    }

    @Test("A page has the elements of a page with a harmless text, whatever the text", arguments: texts)
    func elements(_ text: String) throws {
        // A text as long as the hostile one, for which figures have the same parts.
        let harmless = String(repeating: "m", count: 40)
        let expected = Set(try #require(outline(page(harmless).html)))
        let found = Set(try #require(outline(page(text).html), "\(text)"))
        #expect(found.subtracting(expected).isEmpty, "\(text)")
        #expect(!found.contains { $0.contains("\"on") })
        for name in ["script", "img", "a"] { #expect(!found.contains { $0.hasPrefix("\(name) ") }) }
    }

    @Test("No control character of any kind reaches a page, and other writings do")
    func characters() {
        let html = page(Self.texts.joined()).html
        let unfit = html.unicodeScalars.filter { scalar in
            scalar.value < 0x20 && scalar != "\n" || (0x202a...0x202e).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value) || [0xfffe, 0xffff].contains(scalar.value)
        }
        #expect(unfit.isEmpty)
        #expect(html.contains("naïve 東京 👩‍👩‍👧 שלום"))
        #expect(html.contains("default-src 'none'"))
    }

    @Test("In Markdown, text is one line without markup, links or cells")
    func markdown() {
        let cases: KeyValuePairs = [
            "a|b": "a\\|b", "a\nb\r\nc\u{2028}d": "a b  c d", "`code`": "\\`code\\`",
            "*a* _b_ a_b": "\\*a\\* \\_b\\_ a_b",
            "<img src=x onerror=alert(1)>": "&lt;img src=x onerror=alert(1)&gt;", "&lt;": "&amp;lt;",
            "![x](http://x/y)": "![x\\](http&#58;//x/y)", "[x]: http://x": "[x\\]: http&#58;//x",
            "[a][b] [c]": "[a\\][b] [c]", "www.x.example": "www&#46;x.example", "a@b.example": "a&#64;b.example",
            "\\| \\": "\\\\\\| \\\\", "a\u{0}\u{202e}b": "a\u{fffd}\u{fffd}b", "~~a~~": "\\~\\~a\\~\\~",
            "Qwen2-VL_7b 東京 1.5": "Qwen2-VL_7b 東京 1.5",
        ]
        for (text, expected) in cases { #expect(text.escapedForMarkdown == expected, "\(text)") }
        for text in Self.texts {
            let escaped = text.escapedForMarkdown.replacing("\\]", with: "")
            for markup in ["<", ">", "](", "\n", "://"] { #expect(!escaped.contains(markup), "\(text)") }
        }
    }
}
