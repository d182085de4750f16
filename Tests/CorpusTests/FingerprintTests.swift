import Corpus
import Foundation
import Support
import TestSupport
import Testing

@Suite("Fingerprint")
struct FingerprintTests {
    private let posts = [
        Post(
            id: "1", content: .tokens(["a", "b"]), image: "images/1.jpg", context: "c",
            entities: [Entity(start: 0, end: 1, type: "PER"), Entity(start: 1, end: 2, type: "ORG")],
            relations: [Relation(head: 0, tail: 1, type: "of")]),
        Post(id: "2", content: .text("a b")),
    ]

    @Test("knows nothing of ids, contexts, folders and order")
    func invariance() {
        var changed = Array(posts.reversed())
        changed[1].id = "other"
        changed[1].image = "/somewhere/else/1.jpg"
        changed[1].context = nil
        changed[1].entities.reverse()
        changed[1].relations = [Relation(head: 1, tail: 0, type: "of")]
        #expect(Fingerprint(posts: changed) == Fingerprint(posts: posts))
    }

    @Test("differs with every bit of content")
    func sensitivity() {
        let changes: [(inout [Post]) -> Void] = [
            { $0[0].content = .tokens(["a b"]) }, { $0[0].content = .tokens(["ab", ""]) },
            { $0[0].content = .text("a b") }, { $0[0].image = nil }, { $0[0].image = "images/2.jpg" },
            { $0[0].entities[0].type = "LOC" }, { $0[0].entities[0].end = 2 }, { $0[0].entities.removeLast() },
            { $0[0].relations = [] }, { $0[0].relations[0].head = 1 }, { $0[0].relations[0].type = "in" },
            { $0.append($0[0]) }, { $0.removeLast() }, { $0[1].content = .text("a  b") },
        ]
        let fingerprints = changes.map { change in
            var changed = posts
            change(&changed)
            return Fingerprint(posts: changed)
        }
        #expect(Set(fingerprints + [Fingerprint(posts: posts)]).count == changes.count + 1)
    }

    @Test("of contexts knows nothing but contexts and pictures")
    func contexts() {
        var changed = Array(posts.reversed())
        changed[0].id = "other"
        changed[0].content = .text("other")
        changed[1].image = "/somewhere/else/1.jpg"
        changed[1].entities = []
        let fingerprint = Fingerprint(contextsOf: posts)
        #expect(Fingerprint(contextsOf: changed) == fingerprint)
        let changes: [(inout [Post]) -> Void] = [
            { $0[0].context = "d" }, { $0[0].context = nil }, { $0[1].context = "" }, { $0[0].image = "2.jpg" },
            { ($0[0].context, $0[1].context) = ($0[1].context, $0[0].context) },
            { $0.removeLast() },
        ]
        let others = changes.map { change in
            var changed = posts
            change(&changed)
            return Fingerprint(contextsOf: changed)
        }
        #expect(Set(others + [fingerprint]).count == changes.count + 1)
    }

    @Test("takes posts that no reader would let through")
    func invalidPosts() {
        let relation = Relation(head: -1, tail: .max, type: "of")
        let post = Post(id: "", content: .text(""), entities: [], relations: [relation])
        #expect(Fingerprint(posts: [post]) != Fingerprint(posts: []))
    }

    @Test("is a string of 64 digits in JSON")
    func json() throws {
        let fingerprint = Fingerprint(posts: posts)
        let data = try JSONEncoder().encode([fingerprint])
        #expect(try JSONDecoder().decode([String].self, from: data) == [fingerprint.hexadecimal])
        #expect(try JSONDecoder().decode([Fingerprint].self, from: data) == [fingerprint])
        #expect(fingerprint.hexadecimal.count == 64 && fingerprint.hexadecimal.hasPrefix(fingerprint.short))
    }

    @Test("rests on SHA-256 as the standard and hashlib have it")
    func sha256() throws {
        let oracle = try FingerprintOracle.load()
        #expect(oracle.sha256.count > 5)
        for (message, digest) in oracle.sha256 { #expect(SHA256.digest(of: message.utf8).hexadecimal == digest) }
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SHA256.digest(of: "abc".utf8).hexadecimal == abc)
        let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
        let expected = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        #expect(SHA256.digest(of: twoBlocks.utf8).hexadecimal == expected)
        let million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        #expect(SHA256.digest(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000)).hexadecimal == million)
    }

    @Test("is known for every published split, as hashlib makes it")
    func published() throws {
        let known = KnownDataset.table.map { ($0.value.description, $0.key.hexadecimal) }
        #expect(try FingerprintOracle.load().splits == Dictionary(uniqueKeysWithValues: known))
    }
}

/// Digests by Python's hashlib, see `Fixtures/make_fingerprints.py`.
private struct FingerprintOracle: Decodable {
    var splits: [String: String]
    var sha256: [String: String]

    static func load() throws -> FingerprintOracle {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/fingerprints", withExtension: "json"))
        return try JSONDecoder().decode(FingerprintOracle.self, from: Data(contentsOf: url))
    }
}
