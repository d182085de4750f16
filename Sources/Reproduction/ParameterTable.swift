import Foundation
import Support
import Training

/// Table 4 of the paper (Luo et al., 2024): the number of parameters, of the model with the paper's encoders and with those of the
/// configurations, beside the published numbers.
package struct ParameterTable: Sendable {
    /// A model of ours.
    struct Row: Sendable {
        let name: String
        let description: ModelDescription
    }

    /// A line of the paper's table: millions of parameters, and F1 on Twitter-15, Twitter-17, JMERE's relations and its entities.
    private struct Published {
        let method: String
        let millions: Double
        let scores: [Double?]
    }

    private static let published = [
        Published(method: "UMT", millions: 206.3, scores: [73.41, 85.31, nil, nil]),
        Published(method: "CAT-MNER", millions: 198.5, scores: [75.41, 85.99, nil, nil]),
        Published(method: "EEGA", millions: 179.7, scores: [nil, nil, 55.29, 78.59]),
        Published(method: "Shap-CA", millions: 170.7, scores: [76.93, 88.32, 55.95, 79.29]),
    ]

    let rows: [Row]

    /// Counts the parameters for the datasets of the table; no weights or data are read.
    /// - Parameters:
    ///   - configurations: the folder of the configuration files.
    ///   - settings: of every model, as `key=value`.
    /// - Throws: `ConfigurationError` and the errors of encoders and tagger.
    package init(configurations: URL, settings: [String]) throws {
        rows = try [ModelDescription.Encoders.paper, .configured].flatMap { encoders in
            try [StudyDataset.twitter2015, .twitter2017, .jmere].map { dataset in
                var configuration = try TrainingConfiguration(
                    contentsOf: configurations.appending(path: dataset.configurationFile))
                try configuration.apply(overrides: settings)
                let names =
                    encoders == .paper
                    ? "BERT-base, ResNet-152" : "\(configuration.text.encoder), \(configuration.picture.encoder)"
                return Row(
                    name: "\(dataset.title), \(names)",
                    description: try ModelDescription(configuration, encoders: encoders))
            }
        }
    }

    /// The table, with the parts of our models.
    package var markdown: String {
        func millions(_ count: Int) -> String { String(format: "%.1f M", Double(count) / 1e6) }
        let parts = rows.flatMap { $0.description.parts.map(\.name) }.reduce(into: [String]()) { names, name in
            if !names.contains(name) { names.append(name) }
        }
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        let ours =
            [line(["this program"] + parts + ["all"]), "|\(String(repeating: "---|", count: parts.count + 2))"]
            + rows.map { row in
                line(
                    [row.name]
                        + parts.map { name in
                            row.description.parts.first { $0.name == name }.map { millions($0.count) } ?? ""
                        } + [millions(row.description.count)])
            }
        let theirs =
            [
                line(["the paper's", "all", "Twitter-15", "Twitter-17", "JMERE, relations", "JMERE, entities"]),
                "|---|---|---|---|---|---|",
            ]
            + Self.published.map { row in
                line(
                    [row.method, String(format: "%.1f M", row.millions)]
                        + row.scores.map { $0.map { String(format: "%.2f", $0) } ?? "" })
            }
        return (["# Table 4: parameters", ""] + ours + [""] + theirs).joined(separator: "\n") + "\n"
    }

    /// Writes `table4.md` into a folder.
    /// - Throws: an error of the file system.
    package func write(to folder: URL) throws -> ParameterTable {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try AtomicFile.write(Data(markdown.utf8), to: folder.appending(path: "table4.md"))
        return self
    }
}
