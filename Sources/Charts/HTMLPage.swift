/// A page that needs no other file: headings, text, tables and charts, for light and dark screens, large and small.
package struct HTMLPage: Sendable {
    /// A part of a section.
    package enum Block: Sendable {
        case paragraph(String)
        case table(HTMLTable)
        case figure(any SVGFigure, caption: String)
        /// Markup that the page holds unchanged.
        case markup(String)
    }

    /// A heading and the contents below it.
    package struct Section: Sendable {
        package var heading: String
        package var blocks: [Block]

        package init(_ heading: String, _ blocks: [Block]) {
            (self.heading, self.blocks) = (heading, blocks)
        }
    }

    package var title: String
    /// The paragraph below the title.
    package var summary: String?
    package var sections: [Section]
    package var footer: String?

    package init(title: String, summary: String? = nil, sections: [Section] = [], footer: String? = nil) {
        (self.title, self.summary, self.sections, self.footer) = (title, summary, sections, footer)
    }

    /// The whole page, well-formed XML as well.
    package var html: String {
        let title = title.escapedForMarkup
        let parts =
            ["<h1>\(title)</h1>"]
            + [summary.map { "<p class=\"quiet\">\($0.escapedForMarkup)</p>" }].compactMap { $0 }
            + sections.map(\.html)
            + [footer.map { "<footer>\($0.escapedForMarkup)</footer>" }].compactMap { $0 }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title>\(title)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <main>
            \(parts.joined(separator: "\n"))
            </main>
            </body>
            </html>

            """
    }
}

extension HTMLPage.Section {
    fileprivate var html: String {
        """
        <section>
        <h2>\(heading.escapedForMarkup)</h2>
        \(blocks.map(\.html).joined(separator: "\n"))
        </section>
        """
    }
}

extension HTMLPage.Block {
    fileprivate var html: String {
        switch self {
        case .paragraph(let text): "<p>\(text.escapedForMarkup)</p>"
        case .table(let table): table.html
        case .markup(let markup): markup
        case .figure(let figure, let caption):
            """
            <figure\(figure.isWide ? " class=\"wide\"" : "")>
            <div class="scroll">\(figure.svg)</div>
            <figcaption>\(caption.escapedForMarkup)</figcaption>
            </figure>
            """
        }
    }
}

extension HTMLPage {
    /// What a browser may do for the page: show its own pictures and styles, run nothing, fetch nothing.
    private static let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

    /// The style sheet. Figures are side by side where there is room for two, everything else in lines of its own.
    static let style = """
        :root { color-scheme: light dark; --ink: #1f1b24; --quiet: #6d6875; --line: #e6e2ea; --paper: #fff; \
        --ground: #faf8fb;
            \(Palette.declarations(Palette.light, onStrong: "#fff")) }
        @media (prefers-color-scheme: dark) {
            :root { --ink: #f0edf3; --quiet: #a59fae; --line: #38333f; --paper: #221e28; --ground: #18151c;
                \(Palette.declarations(Palette.dark, onStrong: "#18151c")) } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2.5rem 0 0; }
        p { margin: 0; max-width: 48rem; overflow-wrap: anywhere; }
        .quiet, caption, figcaption, footer { color: var(--quiet); }
        section { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 27rem), 1fr)); }
        section :where(h2, p, table, .wide), section .scroll:not(figure .scroll) { grid-column: 1 / -1; }
        .scroll { overflow-x: auto; min-width: 0; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding-bottom: .5rem; font-size: .875rem; }
        th, td { padding: .5rem .75rem; text-align: right; border-bottom: 1px solid var(--line); }
        thead th { color: var(--quiet); font-weight: 500; font-size: .875rem; }
        tbody th { font-weight: 500; }
        th.text, td.text { text-align: left; }
        th, td { white-space: nowrap; }
        .long { white-space: normal; min-width: 16rem; }
        figure { margin: 0; min-width: 0; padding: 1rem 1.1rem; background: var(--paper); \
        border: 1px solid var(--line); border-radius: .75rem; }
        figure svg { display: block; width: 100%; height: auto; margin: 0 auto; }
        figcaption { margin-top: .75rem; font-size: .875rem; }
        footer { margin-top: 3rem; font-size: .875rem; }
        @media (max-width: 32rem) { main { padding: 1.5rem .75rem 3rem; } h1 { font-size: 1.5rem; } \
        figure { padding: .75rem .6rem; } th, td { padding: .45rem .5rem; } }
        """
}
