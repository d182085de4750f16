/// Published datasets that can be told by the fingerprints of their splits.
public struct KnownDataset: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name that the dataset was published under.
    public var name: String
    /// The split.
    public var split: Split

    public var description: String { "\(name) \(split)" }

    /// The published split that has a fingerprint; nil where none does.
    public static func identify(_ fingerprint: Fingerprint) -> KnownDataset? { table[fingerprint] }

    /// Every fingerprint that is known.
    package static let table: [Fingerprint: KnownDataset] = {
        var table: [Fingerprint: KnownDataset] = [:]
        for (name, digests) in published {
            for (split, digest) in zip(Split.allCases, digests) {
                table[Fingerprint(hexadecimal: digest)] = KnownDataset(name: name, split: split)
            }
        }
        return table
    }()

    /// The digests of train, valid and test, made by `Tests/CorpusTests/Fixtures/make_fingerprints.py`.
    private static let published: [(name: String, digests: [String])] = []
}
