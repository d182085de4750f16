import Foundation

extension DatasetReport {
    /// The faults and oddities, for people: the output of `shapca data validate`.
    public var validation: String {
        var lines = [heading]
        for severity in [Finding.Severity.error, .warning, .note] {
            for kind in findings.kinds(of: severity) {
                lines.append("\(severity): \(findings.count(of: kind)) \(kind.title)")
                lines += findings.examples(of: kind).map { "    \($0)" }
                let hidden = findings.count(of: kind) - findings.examples(of: kind).count
                if hidden > 0 { lines.append("    and \(hidden) more") }
            }
        }
        let (errors, warnings) = (findings.count(of: .error), findings.count(of: .warning))
        lines.append("\(isValid ? "valid" : "not valid"): errors \(errors), warnings \(warnings)")
        return lines.joined(separator: "\n")
    }

    /// The numbers of the dataset, for people: the output of `shapca data stats`.
    public var statistics: String {
        var rows: [[String]] = [[""] + splits.map(\.split.rawValue)]
        func row(_ title: String, _ value: (SplitReport) -> String) { rows.append([title] + splits.map(value)) }
        row("posts") { "\($0.posts)" }
        row("posts without words") { "\($0.emptyPosts)" }
        row("tokens") { "\($0.tokens)" }
        row("length, mean") { String(format: "%.1f", $0.lengths.mean) }
        row("length, median") { "\($0.lengths.median)" }
        row("length, 95 %") { "\($0.lengths.percentile95)" }
        row("length, longest") { "\($0.lengths.maximum)" }
        row("pictures named") { "\($0.pictures)" }
        row("pictures not on disk") { "\($0.missingPictures)" }
        row("contexts") { "\($0.contexts)" }
        row("entities") { "\($0.entityCount)" }
        for type in entityTypes { row("  \(type)") { "\($0.entities[type] ?? 0)" } }
        row("relations") { "\($0.relationCount)" }
        for type in relationTypes { row("  \(type)") { "\($0.relations[type] ?? 0)" } }
        row("fingerprint") { $0.fingerprint.short }
        row("published as") { $0.publishedAs?.description ?? "unknown" }
        return ([heading] + Self.aligned(rows) + duplicates.map(\.text)).joined(separator: "\n")
    }

    /// The entity types of all splits, in alphabetical order.
    package var entityTypes: [String] { Set(splits.flatMap(\.entities.keys)).sorted() }

    /// The relation types of all splits, in alphabetical order.
    package var relationTypes: [String] { Set(splits.flatMap(\.relations.keys)).sorted() }

    private var heading: String {
        let posts = splits.reduce(0) { $0 + $1.posts }
        let identity = publishedAs.map { "; this is \($0)" } ?? "; not a published dataset that is known here"
        return "\(path): \(layout.name), \(splits.map(\.split.rawValue).joined(separator: ", ")), "
            + "\(posts) posts\(identity)"
    }

    /// Rows of a table: the first column to the left, the others to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows.first.map { first in
            first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        }
        guard let widths else { return [] }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
    }
}

extension Duplicates {
    fileprivate var text: String {
        let place = first == second ? "again within \(first)" : "of \(first) again in \(second)"
        return "\(place): posts \(posts), texts \(texts), pictures \(pictures)"
    }
}
