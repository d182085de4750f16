/// A table of text and numbers.
package struct HTMLTable: Sendable {
    package var header: [String]
    /// Cells from left to right; the first names the row.
    package var rows: [[String]]
    package var caption: String?
    /// The columns of words, which align to the left; numbers align to the right.
    package var textColumns: Set<Int>

    /// The most characters of a cell that never breaks into lines.
    private static let longestLine = 32

    package init(header: [String], rows: [[String]], caption: String? = nil, textColumns: Set<Int> = [0]) {
        (self.header, self.rows, self.caption, self.textColumns) = (header, rows, caption, textColumns)
    }

    /// The table as markup; empty cells complete short rows.
    package var html: String {
        let width = max(header.count, rows.map(\.count).max() ?? 0)
        let heads = (0..<width).map { cell(header, $0, tag: "th", scope: "col") }.joined()
        let lines = rows.map { row in
            let cells = (0..<width).map { column in
                column == 0 ? cell(row, column, tag: "th", scope: "row") : cell(row, column, tag: "td")
            }
            return "<tr>\(cells.joined())</tr>"
        }
        let caption = caption.map { "<caption>\($0.escapedForMarkup)</caption>" } ?? ""
        return """
            <div class="scroll"><table>\(caption)
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(lines.joined(separator: "\n"))
            </tbody></table></div>
            """
    }

    private func cell(_ row: [String], _ column: Int, tag: String, scope: String? = nil) -> String {
        let text = column < row.count ? row[column] : ""
        let role = scope.map { " scope=\"\($0)\"" } ?? ""
        let words = text.count > Self.longestLine ? "text long" : "text"
        let place = textColumns.contains(column) ? " class=\"\(words)\"" : ""
        return "<\(tag)\(role)\(place)>\(text.escapedForMarkup)</\(tag)>"
    }
}
