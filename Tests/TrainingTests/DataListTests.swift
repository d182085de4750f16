import Corpus
import Foundation
import TestSupport
import Testing
import Training

@Suite("The list of data sets of a configuration")
struct DataListTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    @Test("Datasets are listed with what is said of each, by paths from the folder of the file")
    func data() throws {
        let read = try scratch.read(
            """
            data:
              - path: wnut17
                map: {person: PER, creative-work: MISC}
                weight: 0.5
              - {path: /data/it's, format: JSON lines, contexts: ../c.jsonl, images: ../pictures, types: [PER, 'a, b']}
            """)
        var expected = [
            DataSource(path: scratch["wnut17"].standardizedFileURL), DataSource(path: URL(filePath: "/data/it's")),
        ]
        (expected[0].map, expected[0].weight) = (["person": "PER", "creative-work": "MISC"], 0.5)
        expected[1].format = DatasetFormat.all.first { $0.name == "JSON lines" }
        let parent = scratch.url.standardizedFileURL.deletingLastPathComponent()
        (expected[1].contexts, expected[1].images) = (
            parent.appending(path: "c.jsonl"), parent.appending(path: "pictures")
        )
        expected[1].types = ["PER", "a, b"]
        #expect(read.data == expected)
        // A run keeps them for another folder, and is the same run wherever the data are.
        let kept = try TrainingConfiguration(contentsOf: scratch.write(read.yaml, to: "runs/1/config.yaml"))
        #expect(kept == read)
        var other = read
        other.data[0].path = URL(filePath: "/elsewhere/wnut17")
        #expect(read.differences(from: other).isEmpty)
        other.data[0].map["person"] = "ORG"
        #expect(read.differences(from: other).count == 1)
        other.data = []
        #expect(read.differences(from: other)[0].hasSuffix("there, not listed here"))
    }

    @Test("A bad list of datasets is refused where it stands")
    func badData() throws {
        for (yaml, words) in [
            ("data: mine\n", "config.yaml:1: data is \"mine\", but should be a list of data sets, each with a path"),
            ("data:\n- mine\n", "config.yaml:2: data is \"mine\", but should be a data set with a path"),
            ("data:\n- weight: 1\n", "config.yaml:2: data is \"a mapping\", but should be a data set with a path"),
            ("data:\n- path: a\n  wieght: 2\n", "config.yaml:3: unknown key data.wieght; did you mean data.weight?"),
            (
                "data:\n- path: a\n  weight: 0\n",
                "config.yaml:3: data.weight is \"0\", but should be a number from 0.001"
            ),
            ("data:\n- path: a\n  types: PER\n", "config.yaml:3: data.types is \"PER\", but should be a list of types"),
            (
                "data:\n- path: a\n  types: []\n",
                "config.yaml:3: data.types is \"a list\", but should be a list of types"
            ),
            ("data:\n- path: a\n  map: [a]\n", "config.yaml:3: data.map is \"a list\", but should be types and what"),
            (
                "data:\n- path: a\n  format: conll\n",
                "config.yaml:3: data.format is \"conll\", but should be one of JSON"
            ),
            ("data:\n- path: ''\n", "config.yaml:2: data.path is \"\", but should be text of one line"),
            ("dta: [1]\n", "config.yaml:1: dta is \"a list\""),
        ] {
            #expect(scratch.complaint(yaml).hasPrefix(words), "\(scratch.complaint(yaml))")
        }
        #expect(try scratch.read("data: []\n") == TrainingConfiguration())
        var configuration = TrainingConfiguration()
        let error = #expect(throws: ConfigurationError.self) { try configuration.apply(overrides: ["data=mine"]) }
        #expect(error?.description == "--set data=mine: data is a list, for a configuration file; use --data")
    }
}
