import Foundation

/// What the ``DatasetDoctor`` finds in datasets that are read together.
public struct DataListReport: Sendable, Encodable {
    /// The report of each dataset by itself.
    public let datasets: [DatasetReport]
    /// What keeps them from being read together, a sentence each.
    public let problems: [String]
    /// Posts to learn from that another dataset has in a split for choosing a model or for scores, a sentence each.
    public let leaks: [String]

    /// Examines datasets.
    /// - Parameter wordsCut: as in ``DatasetDoctor``.
    /// - Throws: ``CorpusError`` where there is no dataset, or no context file, to examine.
    public init(examining sources: [DataSource], wordsCut: ((Post) -> [Range<Int>?])? = nil) throws {
        datasets = try sources.map { source in
            try DatasetDoctor.examine(
                source.path, contexts: source.contexts, images: source.images, format: source.format,
                wordsCut: wordsCut)
        }
        var problems = zip(sources, datasets).flatMap { source, report in
            source.problems(with: Set(report.entityTypes), of: report.name).map(\.description)
        }
        var leaks: [String] = []
        if problems.isEmpty, datasets.allSatisfy(\.isValid) {
            do {
                leaks = try Dataset.load(sources).leaksBetweenParts
            } catch let error as DataSourceError {
                problems.append(error.description)
            }
        }
        (self.problems, self.leaks) = (problems, leaks)
    }

    /// 0 where all datasets are valid and can be read together, 1 otherwise.
    public var exitStatus: Int32 { problems.isEmpty && datasets.allSatisfy(\.isValid) ? 0 : 1 }

    /// The faults and oddities, for people.
    public var validation: String {
        let together = problems.map { "error: \($0)" } + leaks.map { "warning: \($0)" }
        let verdict =
            "all together: \(exitStatus == 0 ? "valid" : "not valid"), errors \(problems.count), warnings \(leaks.count)"
        return (datasets.map(\.validation) + [(together + [verdict]).joined(separator: "\n")])
            .joined(separator: "\n\n")
    }

    /// The numbers of each dataset, for people.
    public var statistics: String { datasets.map(\.statistics).joined(separator: "\n\n") }
}

extension Dataset {
    /// The texts to learn from of a part that another part has in its other splits.
    fileprivate var leaksBetweenParts: [String] {
        func posts(_ part: Part, _ split: Split) -> ArraySlice<Post> { part.posts[split].map { self[split][$0] } ?? [] }
        return parts.flatMap { part in
            let learnt = Set(posts(part, .train).map(\.plainText))
            return parts.filter { $0.source != part.source }.flatMap { other in
                [Split.valid, .test].compactMap { split in
                    let count = posts(other, split).count { !$0.isEmpty && learnt.contains($0.plainText) }
                    return count > 0 ? "\(count) texts of \(other.name) \(split) are in \(part.name) train" : nil
                }
            }
        }
    }
}
