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
    private static let published: [(name: String, digests: [String])] = [
        (
            "Twitter-2015",
            [
                "656fde95e6d8eaece588dac66e1103f008735a7611abc4b6aa4a67fcc79c3f60",
                "a08dc506c457357e68e939c8a0484d230e6aaefaac2250f0458681b54ffaa5e9",
                "3e14b341c0dbcdfda083e78b0c97e61a3f80de0262315990b95b7c20b1214f90",
            ]
        ),
        (
            "Twitter-2017",
            [
                "559309d3e2c8837d6f3b2b82430418d4a11041e472b12d7857bca34864e84a12",
                "6e6c58897f3ecd5d87b1a93737cf9825f8a2cf2dcb4866775a303a41f456daab",
                "b1229cdd2e0d43ebd374ff11bd1ddfb370b09ecc03b7cd77763cff2a254d3c58",
            ]
        ),
        (
            "pictured-names",
            [
                "79469627fb5094ec48a75d5162288ecdcbee55b35953bbe78a123128f9740708",
                "9583c196fba81cb31dd3f12a275f79bf77bdeb11de1f78b91e38f8103d23230d",
                "c158a845c7b76d1d41ea77219b7c454eccbe40b0692b4637a889def01922593c",
            ]
        ),
        (
            "MNRE v2",
            [
                "63a418dd266ead5b50adec008edd69cb0591fc63746dabad3d4ac5b35486e07e",
                "a6ce008097b4526a85b0708412a3bd3ac239be6820c41d4ca24bd373723fe8e3",
                "3e0402e398c6d09e2a2a6f186d4a3c959362337980bd52a0fb543bbb9bedd4b3",
            ]
        ),
        (
            "JMERE V1 (rebuilt)",
            [
                "d9c52b7c67d8c66f10a20d6fc17889f54afff574a86ba7988bee26d923f45328",
                "d9a6a1c4ca8b987f79ec5452d4c1ca47761145386d30e765368fb79e34763046",
                "a6f81faafb58480708ae791bbc83e3dbedb89d704e6eb81c7503097f375d2821",
            ]
        ),
    ]
}

extension Fingerprint {
    /// The name of the published split, where it is one, and the first digits.
    public var title: String { KnownDataset.identify(self).map { "\($0) (\(short))" } ?? short }
}
