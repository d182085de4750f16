import Foundation

/// A dataset of an experiment: one of the paper's, or any other folder with its configuration.
package struct StudyDataset: RawRepresentable, Hashable, Sendable, Codable {
    /// The name of its folder, and of its file in `Configurations/`.
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    package static let twitter2015 = StudyDataset(rawValue: "twitter2015")
    package static let twitter2017 = StudyDataset(rawValue: "twitter2017")
    package static let mnre = StudyDataset(rawValue: "mnre")
    package static let jmere = StudyDataset(rawValue: "jmere")

    /// The datasets of the paper.
    package static let published = [twitter2015, twitter2017, mnre, jmere]

    /// The name that tables print.
    package var title: String {
        switch self {
        case .twitter2015: "Twitter-2015"
        case .twitter2017: "Twitter-2017"
        case .mnre: "MNRE"
        case .jmere: "JMERE"
        default: rawValue
        }
    }

    /// The same, with the dataset that a model is tested on where it is another.
    func title(testedOn other: StudyDataset) -> String { other == self ? title : "\(title) to \(other.title)" }

    /// The names that another dataset has for types of this one.
    func renames(testedOn other: StudyDataset) -> [String: String] {
        Set([self, other]) == [.twitter2015, .twitter2017] ? ["OTHER": "MISC"] : [:]
    }

    /// The settings of the experiment, a file of `Configurations/`.
    var configurationFile: String { "\(rawValue).yaml" }

    /// Its folder among those of the datasets.
    func folder(in data: URL) -> URL { data.appending(path: rawValue) }

    /// The folders that may hold its contexts. JMERE's pictures are MNRE's, and so are the contexts.
    private func contextFolders(in contexts: URL) -> [URL] {
        (self == .jmere ? [self, .mnre] : [self]).map { $0.folder(in: contexts) }
    }

    /// The name in the place of a generator's, where the posts have contexts of their own.
    static let own = "own"

    /// Posts over real photographs whose names only the picture explains.
    package static let picturedNames = StudyDataset(rawValue: "pictured-names")
    /// The same kind, with posts whose picture is unrelated and whose words decide.
    package static let picturedNamesHard = StudyDataset(rawValue: "pictured-names-hard")
    /// A test split with names and sentences that the training split of ``picturedNamesHard`` does not have.
    package static let picturedNamesUnseen = StudyDataset(rawValue: "pictured-names-unseen")

    /// The context file of a generator; nil where there is none.
    /// - Parameter contexts: the folder with a folder for each dataset that has its contexts.
    func contexts(_ generator: String, in contexts: URL) -> URL? {
        contextFolders(in: contexts).map { $0.appending(path: "contexts.\(generator).jsonl") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// The folder of its pictures where they do not lie with it.
    func images(in data: URL) -> URL? {
        func images(_ dataset: StudyDataset) -> URL { dataset.folder(in: data).appending(path: "images") }
        func isThere(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
        return self == .jmere && !isThere(images(.jmere)) && isThere(images(.mnre)) ? images(.mnre) : nil
    }

    /// The generators whose contexts are there, in alphabetical order.
    func generators(in contexts: URL) -> [String] {
        let names = contextFolders(in: contexts).flatMap { folder in
            (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        }
        let generators = names.compactMap { $0.wholeMatch(of: /contexts\.([^.].*)\.jsonl/).map { String($0.1) } }
        // `shapca contexts` writes what it could not describe beside its output.
        return Set(generators.filter { !$0.hasSuffix(".failures") }).sorted()
    }
}
