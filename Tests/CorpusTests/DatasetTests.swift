import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Dataset")
struct DatasetTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private let conll = "IMGID:1\nRocky\tB-OTHER\nbarks\tO\n\nIMGID:2\nRocky\tB-PER\nruns\tO\n"

    private func json(_ id: String) -> String {
        #"{"id": "\#(id)", "tokens": ["a"], "image": "images/\#(id).jpg", "context": "own"}"# + "\n"
    }

    @Test("is read from CoNLL and from JSON lines, whatever splits there are")
    func layouts() throws {
        try scratch.write(conll, to: "tweets/train.txt")
        try scratch.write(conll, to: "tweets/test.txt")
        try scratch.write(json("x"), to: "posts/valid.jsonl")
        let tweets = try Dataset.load(folder: scratch["tweets"])
        #expect(tweets.name == "tweets" && tweets[.train].count == 2 && tweets[.test].count == 2)
        #expect(tweets[.valid].isEmpty)
        #expect(throws: CorpusError.missingSplit(.valid, dataset: "tweets", present: [.train, .test])) {
            try tweets.posts(of: .valid)
        }
        #expect(tweets.labels().entityTypes == ["OTHER", "PER"])
        let posts = try Dataset.load(folder: scratch["posts"])
        #expect(posts[.valid].map(\.id) == ["x"])
    }

    @Test("is read from one file, which is the split that its name says and else the test split")
    func oneFile() throws {
        let posts = try Dataset.load(folder: try scratch.write(json("x"), to: "mine.jsonl"))
        #expect(posts.name == "mine" && posts[.test].count == 1)
        let tweets = try Dataset.load(folder: try scratch.write(conll, to: "train.txt"))
        #expect(tweets[.train].count == 2 && tweets[.test].isEmpty)
    }

    @Test("reads only the splits asked for, and says where one is not there")
    func some() throws {
        try scratch.write(conll, to: "train.txt")
        try scratch.write("nonsense", to: "test.txt")
        #expect(try Dataset.load(folder: scratch.url, only: [.train]).splits.keys.map(\.self) == [.train])
        #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch.url) }
        #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch.url, only: [.valid]) }
    }

    private let mnre =
        "{'token': ['a', 'b'], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', 'pos': [1, 2]}, "
        + "'img_id': '1.jpg', 'relation': 'of'}\n"
    private let eega = #"[{"token": ["a"], "img_id": "1.jpg", "label_list": []}]"#

    @Test(
        "is read under the names of relation datasets",
        arguments: [
            ["mnre_train.txt", "mnre_val.txt", "mnre_test.txt"], ["ours_train.txt", "ours_val.txt", "ours_test.txt"],
            ["mnre_org_train.txt", "mnre_org_val.txt", "mnre_org_test.txt"],
            ["mnre_train.txt", "mnre_val .txt", "mnre_test.txt"],
            ["train.json", "val.json", "test.json"], ["train.json", "valid.json", "test.json"],
        ])
    func relationLayouts(names: [String]) throws {
        for name in names { try scratch.write(name.hasSuffix("json") ? eega : mnre, to: name) }
        let dataset = try Dataset.load(folder: scratch.url)
        #expect(Split.allCases.map { dataset[$0].count } == [1, 1, 1])
        #expect(dataset[.train][0].image == "images/1.jpg")
        for (name, split) in zip(names, Split.allCases) {
            let file = try Dataset.load(folder: scratch[name])
            #expect(file.splits.keys.map(\.self) == [split])
        }
    }

    @Test(
        "is read under the names that CoNLL's relatives have",
        arguments: [
            ["train.txt", "val.txt", "test.txt"], ["train.conll", "dev.conll", "test.conll"],
            ["train.bio", "validation.bio", "test.bio"], ["train.iob", "testa.iob", "testb.iob"],
            ["train.iob2", "valid.tsv", "testb.txt"],
        ])
    func splitNames(names: [String]) throws {
        for name in names { try scratch.write(conll, to: name) }
        let dataset = try Dataset.load(folder: scratch.url)
        #expect(Split.allCases.map { dataset[$0].count } == [2, 2, 2])
        for (name, split) in zip(names, Split.allCases) {
            #expect(try Dataset.load(folder: scratch[name]).splits.keys.map(\.self) == [split])
        }
    }

    @Test("is read from one file by what a .txt file begins with")
    func contentOfText() throws {
        let pairs = try Dataset.load(folder: try scratch.write("\u{FEFF}\n \n  " + mnre, to: "pairs.txt"))
        #expect(pairs[.test].map(\.relations) == [[Relation(head: 0, tail: 1, type: "of")]])
        let tweets = try Dataset.load(folder: try scratch.write("\n" + conll, to: "tweets.txt"))
        #expect(tweets[.test].count == 2 && tweets.findings.counts == [.blankLine: 1])
        let opening = try scratch.write("\r\u{A0}\r\u{A0}" + mnre, to: "returns.txt")
        #expect(try DatasetFormat(of: opening)?.name == "MNRE")
        #expect(try Dataset.load(folder: try scratch.write("", to: "empty.txt"))[.test].isEmpty)
    }

    @Test(
        "names all the files where a folder holds a split twice",
        arguments: [
            ["val.json", "valid.json"], ["dev.txt", "valid.txt"], ["testa.conll", "validation.conll"],
            ["test.txt", "testb.txt"], ["train.bio", "train.txt"], ["dev.jsonl", "valid.jsonl"],
            ["mnre_train.txt", "ours_test.txt"], ["mnre_val.txt", "valid.txt"],
            ["test.json", "test.jsonl"],
        ])
    func ambiguousFolders(names: [String]) throws {
        for name in names { try scratch.write("", to: name) }
        #expect(throws: CorpusError.ambiguousLayout(path: scratch.url.relativePath, files: names)) {
            try Dataset.load(folder: scratch.url)
        }
    }

    @Test("says what it looked for where there is nothing to read")
    func nothing() throws {
        let empty = #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch.url) }
        #expect(empty?.description.contains("train.jsonl, valid.jsonl, test.jsonl, train.txt") == true)
        #expect(empty?.description.contains("the folder is empty") == true)
        let missing = scratch["missing"]
        #expect(throws: CorpusError.unreadable(path: missing.relativePath, reason: "no such file or folder")) {
            try Dataset.load(folder: missing)
        }
        try scratch.write(conll, to: "mine.txt")
        let other = #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch.url) }
        #expect(other?.description.contains("it holds mine.txt") == true)
        #expect(throws: CorpusError.self) { try Dataset.load(folder: try scratch.write("a", to: "posts.csv")) }
        try scratch.write(conll, to: "both/train.txt")
        try scratch.write(json("x"), to: "both/train.jsonl")
        let both = #expect(throws: CorpusError.self) {
            try Dataset.load(folder: scratch["both"])
        }
        #expect(both?.description.contains("train.jsonl and train.txt") == true)
        try scratch.write(Data([0x28, 0xB5, 0x2F, 0xFD]), to: "packed/train.jsonl.zst")
        let packed = #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch["packed"]) }
        #expect(
            packed?.description.contains("it holds train.jsonl.zst; of train.jsonl.zst: this is compressed") == true)
        let file = #expect(throws: CorpusError.self) { try Dataset.load(folder: scratch["packed/train.jsonl.zst"]) }
        #expect(file?.description.contains("this is compressed with zstd; unpack it: zstd -dc") == true)
    }

    @Test("finds pictures beside the posts, or in the folder given, by their paths or names")
    func pictures() throws {
        try scratch.write(conll, to: "train.txt")
        let beside = try Dataset.load(folder: scratch.url)
        let picture = scratch["images/1.jpg"].path
        #expect(beside[.train][0].imageURL?.path == picture)
        let pictures = scratch["pictures"]
        #expect(throws: CorpusError.unreadable(path: pictures.relativePath, reason: "no such folder of pictures")) {
            try Dataset.load(folder: scratch.url, images: pictures)
        }
        for name in ["twins/a/2.jpg", "twins/b/2.jpg", "deep/er/3.jpg", "4.jpg", "images/5.jpg"] {
            try scratch.write("", to: "pictures/\(name)")
        }
        let places: KeyValuePairs = [
            "images/1.jpg": "1.jpg", "2.jpg": "2.jpg", "3.jpg": "deep/er/3.jpg", "images/4.jpg": "4.jpg",
            "images/5.jpg": "images/5.jpg",
        ]
        let lines = places.map { #"{"text": "a", "image": "\#($0.key)"}"# } + [#"{"text": "no picture"}"#]
        let elsewhere = try Dataset.load(
            folder: scratch.write(lines.joined(separator: "\n"), to: "posts.jsonl"), images: pictures)
        let expected = places.map { pictures.appending(path: $0.value).path } + [nil]
        #expect(elsewhere[.test].map { $0.imageURL?.path } == expected)
        let below = try scratch.write("", to: "images/train/1.jpg")
        let sorted = try Dataset.load(folder: scratch.url)
        #expect(sorted[.train][0].imageURL?.path == below.path)
    }

    @Test("has its pictures beside it where its posts are made in memory")
    func picturesInMemory() {
        let posts = ["images/1.jpg", "/elsewhere/2.jpg", nil].map { Post(id: "", content: .text("a"), image: $0) }
        let dataset = Dataset(name: "d", folder: scratch.url, splits: [.train: posts])
        #expect(
            dataset[.train].map { $0.imageURL?.path } == [scratch["images/1.jpg"].path, "/elsewhere/2.jpg", nil])
        #expect(dataset[.train] == posts)
    }

    @Test("is written as JSON lines, but not over another dataset")
    func writing() throws {
        try scratch.write(mnre, to: "pairs/mnre_train.txt")
        try scratch.write(mnre + mnre, to: "pairs/mnre_test.txt")
        let dataset = try Dataset.load(folder: scratch["pairs"])
        let folder = scratch["made/lines"]
        let written = try dataset.writeJSONLines(to: folder)
        #expect(written.map(\.split) == [.train, .test] && written.map(\.posts) == [1, 2])
        #expect(written.map(\.file.lastPathComponent) == ["train.jsonl", "test.jsonl"])
        #expect(try Dataset.load(folder: folder).splits == dataset.splits)
        for taken in [folder, scratch["pairs"], scratch["made/lines/test.jsonl"]] {
            #expect(throws: CorpusError.occupied(path: taken.relativePath)) { try dataset.writeJSONLines(to: taken) }
        }
        try scratch.write(mnre, to: "pairs/train.txt")
        #expect(Dataset.exists(at: scratch["pairs"]) && !Dataset.exists(at: scratch["made"]))
        try scratch.write("", to: "file")
        #expect(throws: CorpusError.self) { try dataset.writeJSONLines(to: scratch["file/below"]) }
    }

    @Test("has a format that is known by its name")
    func formats() throws {
        let encoded = try JSONEncoder().encode(DatasetFormat.all)
        #expect(String(decoding: encoded, as: UTF8.self) == #"["JSON lines","CoNLL","MNRE","EEGA JSON"]"#)
        let decoded = try JSONDecoder().decode([DatasetFormat].self, from: encoded)
        #expect(decoded.map(\.name) == DatasetFormat.all.map(\.name))
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([DatasetFormat].self, from: Data(#"["CSV"]"#.utf8))
        }
    }

    @Test("takes contexts of pictures from a file, in place of its own, and counts what is missing")
    func contexts() throws {
        try scratch.write(json("1") + json("2") + json("3"), to: "test.jsonl")
        try scratch.write("IMGID:9\na\tO\n", to: "tweets/test.txt")
        let contexts = try scratch.write(
            "{\"image\": \"1.jpg\", \"context\": \"new\"}\n{\"image\": \"2.jpg\", \"context\": \"own\"}", to: "c.jsonl")
        let posts = try Dataset.load(folder: scratch.url, contexts: contexts)
        #expect(posts[.test].map(\.context) == ["new", "own", "own"])
        #expect(posts.findings.counts == [.replacedContext: 1])
        let tweets = try Dataset.load(folder: scratch["tweets"], contexts: contexts)
        #expect(tweets[.test].map(\.context) == [nil])
        #expect(tweets.findings.counts == [.missingContext: 1])
    }

    @Test("gives no picture the context of another one of the same file name in another folder")
    func sharedPictureNames() throws {
        let images = ["a/1.jpg", "./a/1.jpg", "b/1.jpg", "b/2.jpg", ""]
        let lines = images.map { #"{"text": "x", "image": "\#($0)"}"# }
        try scratch.write(lines.joined(separator: "\n"), to: "test.jsonl")
        let contexts = try scratch.write(
            #"{"image": "1.jpg", "context": "one"}"# + "\n" + #"{"image": "2.jpg", "context": "two"}"#, to: "c.jsonl")
        let dataset = try Dataset.load(folder: scratch.url, contexts: contexts)
        #expect(dataset[.test].map(\.context) == ["one", "one", nil, "two", nil])
        #expect(dataset.findings.counts == [.sharedPictureName: 1])
        #expect(dataset.findings.notes[0].contains("\"b/1.jpg\" of post \"3\", after \"a/1.jpg\""))
        #expect(dataset[.test][4].image == nil, "an empty name is no picture")
        let report = try DatasetDoctor.examine(scratch.url, contexts: contexts)
        #expect(report.findings.count(of: .sharedPictureName) == 1)
    }

    @Test("an annotation's entity types are renamed for transfer, and others stay")
    func renaming() throws {
        try scratch.write(conll, to: "train.txt")
        let posts = try Dataset.load(folder: scratch.url)[.train]
        let renamed = posts.map { $0.annotation.renaming(["OTHER": "MISC"]) }
        #expect(renamed.flatMap(\.entities).map(\.type) == ["MISC", "PER"])
    }
}
