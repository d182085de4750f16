import Corpus
import Foundation
import Support

extension FuzzTarget {
    /// The readers of datasets.
    static let corpusTargets = [conll, mnre, pythonLiteral, eega, jsonLines, gzip, contextTable]

    private static let conll = FuzzTarget(
        name: "conll", about: "tagged words, a line each, with the survey of their tags",
        seeds: {
            [
                "IMGID:17_06_1\nRT\tO\n@nasa\tO\nlift\tO\nCape\tB-LOC\nCanaveral\tI-LOC\n\nIMGID:2\nTim\tB-PER\nCook\tI-PER\n\n",
                "-DOCSTART- -X- O O\n\nAnna NNP B-NP B-PER\nflew VBD B-VP O\nto TO B-PP O\nParis NNP B-NP B-LOC\n\n",
                "# a comment\nRocky\tS-PER\nbarks\tO\nNew\tB-LOC\nYork\tE-LOC\n\n# two\nUN\tB-ORG\nof\tI-ORG\nus\tE-ORG\n",
                "IMGID:1\nCafe\u{301}\tB-LOC\n\u{1F469}\u{200D}\u{1F469}\tO\n北京\tB-LOC\n.\tO\n\n",
            ].map { Array($0.utf8) }
        },
        dictionary: [
            "IMGID:", "-DOCSTART-", "\tO\n", "\tB-PER", "\tI-PER", "\tE-LOC", "\tS-LOC", "\tL-", "\tU-", "B-", "I-",
            "O",
            "\n\n", "# ", "\t", " ", "M-PER",
        ],
        attempt: { input, folder in try read(input, as: "test.txt", in: folder) { try CoNLLReader($0) } })

    private static let mnre = FuzzTarget(
        name: "mnre", about: "MNRE's lines of Python dictionaries",
        seeds: {
            [
                "{'token': ['Rocky', 'met', 'Anna', 'in', 'Rome'], 'h': {'name': 'Rocky', 'pos': [0, 1]}, 't': {'name': 'Anna', 'pos': [2, 3]}, 'img_id': '1.jpg', 'relation': '/per/per/peer'}\n",
                "{'token': [\"O'Brien\", 'caf\\xe9', '\\u5317'], 'h': {'name': \"O'Brien\", 'pos': (0, 1)}, 't': {'name': 'caf\\xe9 \\u5317', 'pos': (1, 3)}, 'img_id': 'twitter_2.jpg', 'relation': 'None'}\n",
            ].map { Array($0.utf8) }
        },
        dictionary: pythonWords + [
            "'token'", "'pos'", "'name'", "'h'", "'t'", "'img_id'", "'relation'", "[0, 1]", "[2, 1]",
        ],
        attempt: { input, folder in try read(input, as: "test.txt", in: folder) { try MNREReader($0) } })

    private static let pythonWords = [
        "None", "True", "False", "b'", "u'", "r'", "'''", "\\N{DASH}", "\\x", "\\u12", "\\U00110000", "\\777", "1j",
        "1_0",
        "(", ")", "[", "]", "{", "}", ",", ":", "'", "\"", "\\'", "0o7", "1e999", "-", "+", "...", "set()",
    ]

    private static let pythonLiteral = FuzzTarget(
        name: "python", about: "Python literals",
        seeds: {
            [
                "{'a': [1, -2.5, 1e10, None, True, False], 'b': (), 'c': ('x',), 'd': {}, 'e': \"it's\"}",
                "['\\x41\\u00e9\\U0001F600\\n\\t\\\\', 'a', -0, 9223372036854775807, [[[[]]]]]",
            ].map { Array($0.utf8) }
        }, dictionary: pythonWords,
        attempt: { input, _ in _ = try PythonLiteral(String(decoding: input, as: UTF8.self)) })

    private static let eega = FuzzTarget(
        name: "eega", about: "EEGA's JSON arrays, in which JMERE is published",
        seeds: {
            [
                """
                [{"token": ["UN", "in", "Libya"], "img_id": "1.jpg", "label_list": [[{
                  "beg_ent": {"name": "UN", "pos": [0, 1], "tags": "org"},
                  "sec_ent": {"name": "Libya", "pos": [2, 3], "tags": "loc"}, "relation": "locate_at"}]]},
                 {"token": [], "img_id": "2.jpg", "label_list": [[]]}]
                """,
                #"[{"tokens": ["Anna", "flew"], "entities": [{"start": 0, "end": 1, "type": "PER"}], "image": "a.jpg"}]"#,
                #"[{"text": "Anna flew", "entities": [[0, 4, "PER"]]}, {"tokens": ["a"], "ner_tags": ["B-LOC"]}]"#,
            ].map { Array($0.utf8) }
        },
        dictionary: jsonWords + [
            "\"token\"", "\"label_list\"", "\"beg_ent\"", "\"sec_ent\"", "\"pos\"", "\"tags\"", "\"name\"",
            "\"tokens\"",
            "\"text\"", "[0,1]", "[1,0]",
        ],
        attempt: { input, folder in try read(input, as: "test.json", in: folder) { try EEGAReader($0) } })

    /// Punctuation and constants of JSON.
    static let jsonWords = [
        "null", "true", "false", "{", "}", "[", "]", ",", ":", "\"", "\\u0041", "\\\"", "[]", "{}", "1e5",
    ]

    /// One member, and three of which one is empty.
    private static let packed = [
        "H4sIAAAAAAAC/6tWykxRslJQMlTSUVAqSa0oAXEc8/ISFdJyUssVSvIVAhKLMouVarmqh51KALf8ieT8AAAA",
        "H4sIAAAAAAAC/6tWKsnPTs0rVrJSiFZKVIqt5QIAUi1+EBIAAAAfiwgAAAAAAAL/AwAAAAAAAAAAAB+LCAAAAAAAAv9L4gIAxPLH9gIAAAA=",
    ]

    private static let gzip = FuzzTarget(
        name: "gzip", about: "files packed with gzip",
        seeds: { packed.compactMap { Data(base64Encoded: $0) }.map { [UInt8]($0) } },
        dictionary: ["\u{1F}\u{8B}\u{8}", "\u{0}\u{0}"],
        attempt: { input, folder in
            let bytes = try PackedBytes.all(of: folder.write(input, to: "posts.jsonl.gz"), limit: 1 << 20)
            if !GzipInflater.isBeginning(input), bytes != input { throw Fault("what is not packed is changed") }
        })

    private static let jsonLines = FuzzTarget(
        name: "jsonl", about: "posts as JSON lines, native and as annotation tools write them",
        seeds: {
            [
                #"{"id": "1", "tokens": ["Anna", "flew", "to", "Paris"], "image": "1.jpg", "context": "a plane", "entities": [{"start": 0, "end": 1, "type": "PER"}, {"start": 3, "end": 4, "type": "LOC"}], "relations": [{"head": 0, "tail": 1, "type": "visits"}]}"#,
                #"{"text": "Café de Flore 👩‍👩‍👧", "entities": [{"start_offset": 0, "end_offset": 4, "label": "LOC", "id": 7}, {"start_offset": 8, "end_offset": 13, "label": "ORG", "id": 9}], "relations": [{"from_id": 7, "to_id": 9, "type": "in"}]}"#,
                #"{"id": 18446744073709551615, "tokens": ["UN", "in", "Libya"], "ner_tags": [1, 0, 3], "label_list": ["O", "B-ORG", "I-ORG", "B-LOC"]}"#,
                "{\"tokens\": [\"UN\", \"in\"], \"tags\": [\"B-ORG\", \"O\"]}\n{\"text\": \"UN in\", \"label\": [[0, 2, \"ORG\"]]}",
                #"{"text": "UN in", "spans": [{"start": 0, "end": 2, "label": "ORG"}], "tokens": [{"start": 0, "end": 2}]}"#,
                #"{"text": "UN", "labels": [{"start": 0, "end": 2, "labels": ["ORG"]}]}"#,
                #"{"text": "UN", "images": [{"image": "a/1.jpg", "context": "a hall"}, {"context": "a flag"}, {"image": "2.jpg"}]}"#,
            ].map { Array("\($0)\n".utf8) }
        },
        dictionary: jsonWords + [
            "\"id\"", "\"tokens\"", "\"text\"", "\"image\"", "\"context\"", "\"images\"", "\"entities\"",
            "\"relations\"",
            "\"start\"",
            "\"end\"", "\"type\"", "\"label\"", "\"labels\"", "\"spans\"", "\"ner_tags\"", "\"tags\"", "\"head\"",
            "\"tail\"",
            "\"B-PER\"", "\"from_id\"", "\"label_names\"", "\"features\"",
        ],
        attempt: { input, folder in try read(input, as: "test.jsonl", in: folder) { try JSONLinesReader($0) } })

    private static let contextTable = FuzzTarget(
        name: "contexts", about: "files of contexts by picture",
        seeds: {
            [
                """
                {"header": {"generator": "BLIP-2", "prompt": "what?", "n": 3, "t": 0.5, "b": true}}
                {"image": "17_06_1.jpg", "context": "a man on a stage"}
                {"image": "a/2.jpg", "context": null}
                """, "{\"image\": \"1.jpg\", \"context\": \"é\"}\n\n{\"image\": \"1.jpg\", \"context\": \"\"}",
            ].map { Array($0.utf8) }
        }, dictionary: jsonWords + ["\"header\"", "\"image\"", "\"context\"", "\"/\"", "\"a//\""],
        attempt: { input, folder in
            let file = try folder.write(input, to: "contexts.jsonl")
            let examined = Result { try ContextTable(examining: file) }
            let table = try ContextTable(contentsOf: file)
            guard case .success(let other) = examined, other.count == table.count else {
                throw Fault("a table of contexts that can be read cannot be examined")
            }
        })

    /// Reads a file of posts, and reads again what was read as JSON lines; the doctor looks at one file of four.
    private static func read(
        _ input: [UInt8], as name: String, in folder: Scratch, with open: (URL) throws -> any PostReader
    ) throws {
        let file = try folder.write(input, to: name)
        if isOneOfFour(input) { try examine(file) }
        var posts: [Post] = []
        for result in try open(file) {
            switch result {
            case .success(let post): posts.append(try sound(post))
            case .failure(let error): if let fault = Messages.fault(of: error) { throw Fault(fault) }
            }
        }
        let dataset = Result { try Dataset.load(folder: file) }
        try checkRoundTrip((try? dataset.get()).map { $0[.test] } ?? posts, in: folder)
        _ = try dataset.get()
    }

    /// Whether an input is of the share that also gets what takes long.
    private static func isOneOfFour(_ input: [UInt8]) -> Bool {
        input.reduce(UInt8(0), &+).isMultiple(of: 4)
    }

    private static func examine(_ file: URL) throws {
        let report = Result { try DatasetDoctor.examine(file) }
        switch report {
        case .success(let report):
            if let fault = Messages.fault(ofText: report.validation) { throw Fault(fault) }
        case .failure(let error): if let fault = Messages.fault(of: error) { throw Fault(fault) }
        }
    }

    private static func sound(_ post: Post) throws -> Post {
        for entity in post.entities {
            guard let surface = post.surface(of: entity) else {
                throw Fault("an entity of an accepted post is outside its text")
            }
            if surface.isEmpty, case .text = post.content { throw Fault("an entity of an accepted post is empty") }
        }
        for relation in post.relations {
            guard post.entities.indices.contains(relation.head), post.entities.indices.contains(relation.tail) else {
                throw Fault("a relation of an accepted post names no entity")
            }
        }
        return post
    }

    private static func checkRoundTrip(_ posts: [Post], in folder: Scratch) throws {
        guard !posts.isEmpty else { return }
        let encoder = JSONEncoder()
        var lines: [UInt8] = []
        for post in posts { lines += try encoder.encode(sound(post)) + [0x0A] }
        let reader = try JSONLinesReader(folder.write(lines, to: "again.jsonl"))
        var again: [Post] = []
        for result in reader {
            switch result {
            case .success(let post): again.append(post)
            case .failure(let error): throw Fault("an accepted post cannot be read again: \(error)")
            }
        }
        guard again == posts else {
            let pair = zip(again, posts).first { $0 != $1 }
            throw Fault(
                "an accepted post is another after writing and reading: \(pair.map { "\($0.0) \($0.1)" } ?? "")")
        }
    }
}
