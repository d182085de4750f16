/// A page that needs no other file: headings, text, tables and charts, for light and dark screens, large and small.
package struct HTMLPage: Sendable {
    package enum Block: Sendable {
        case paragraph(String)
        case table(HTMLTable)
        case figure(any SVGFigure, caption: String)
        /// Markup that is put in as it is.
        case markup(String)
    }

    package struct Section: Sendable {
        package var heading: String
        package var blocks: [Block]

        package init(_ heading: String, _ blocks: [Block]) {
            (self.heading, self.blocks) = (heading, blocks)
        }
    }

    package var title: String
    /// What stands below the title.
    package var summary: String?
    package var sections: [Section]
    package var footer: String?

    package init(title: String, summary: String? = nil, sections: [Section] = [], footer: String? = nil) {
        (self.title, self.summary, self.sections, self.footer) = (title, summary, sections, footer)
    }

    /// The whole page, which is well-formed XML too.
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
