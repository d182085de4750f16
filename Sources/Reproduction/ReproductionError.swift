/// Why a table cannot be run.
package enum ReproductionError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The dataset's folder is not there.
    case noDataset(String, path: String)
    /// The dataset has no contexts, or none of the generator.
    case noContexts(String, path: String)
    /// A finished run, `FILE: TITLE`, had other settings.
    case otherSettings(run: String, differences: [String])
    /// A finished run, `FILE: TITLE`, was tested on other data.
    case otherData(run: String)
    /// A line of a file of finished runs cannot be read.
    case damaged(place: String, reason: String)
    /// A text is no range of seeds.
    case badSeeds(String)
    /// No row has one of the names, or none can be run.
    case noRows([String])
    /// Nothing is tested on another dataset when this one is trained on.
    case noTransfer(String)
    /// A figure draws a row at another value of a setting than the configuration has.
    case drawnElsewhere(String, setting: String)

    package var description: String {
        switch self {
        case .noDataset(let name, let path):
            "\(name) is not at \(path); put its folder there or name others with --datasets"
        case .noContexts(let name, let path):
            "\(path): no contexts of \(name); `shapca contexts --data … --output …/contexts.NAME.jsonl` makes them, or the "
                + "posts bring them along"
        case .badSeeds(let text):
            "\"\(text)\" is no range of seeds; give their number, 1 to 10000, or the first and last, such as 11-20"
        case .noRows(let names):
            names.isEmpty
                ? "the table has no row that can be run here"
                : "no row that can be run here has \(names.joined(separator: " or ")) in its name; --dry-run without --rows "
                    + "prints all rows"
        case .noTransfer(let name):
            "table5 trains on one of Twitter-2015 and Twitter-2017 and tests on the other; \(name) has no such counterpart"
        case .drawnElsewhere(let name, let setting):
            "the figure draws \(name) at \(setting), but the configuration or --set has another value; give --set \(setting)"
        case .otherData(let run):
            "\(run): was made with another test split, or other contexts, than those that are there; give another --output"
        case .otherSettings(let run, let differences):
            "\(run): was made with other settings (\(differences.joined(separator: "; "))); give the same --set and --encoder, or another --output"
        case .damaged(let place, let reason):
            "\(place): \(reason); put the line back, or delete it to have the run done again"
        }
    }
}
