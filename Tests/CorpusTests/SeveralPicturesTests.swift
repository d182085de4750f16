import Corpus
import Foundation
import TestSupport
import Testing

@Suite("Posts of several pictures")
struct SeveralPicturesTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ text: String) throws -> JSONLinesReader {
        try JSONLinesReader(scratch.write(text, to: "posts.jsonl"))
    }

    private func read(_ line: String) throws -> Post { try #require(try reader(line).posts().first) }

    private func written(_ post: Post) throws -> String {
        let file = scratch["written.jsonl"]
        try JSONLinesWriter.write([post], to: file)
        return try String(contentsOf: file, encoding: .utf8)
    }

    private static let two = #"""
        {"id": "1", "text": "x", "images": [{"image": "b/2.jpg", "context": "a dog"}, {"image": "1.jpg"}, {"context": "snow"}]}
        """#

    @Test("keep their order, and are written as they were read")
    func order() throws {
        let post = try read(Self.two)
        #expect(post.pictures.map(\.image) == ["b/2.jpg", "1.jpg", nil])
        #expect(post.pictures.map(\.context) == ["a dog", nil, "snow"])
        #expect(post.image == "b/2.jpg" && post.context == "a dog")
        #expect(try JSONDecoder().decode(Post.self, from: Data(Self.two.utf8)) == post)
        let line = try written(post)
        #expect(try read(line) == post)
        let fields = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect((fields?["images"] as? [[String: String]])?.count == 3)
        #expect(fields?["image"] == nil && fields?["context"] == nil)
    }

    @Test(
        "of one picture or none are the same in both spellings, and written in the one of before",
        arguments: [
            (#""image": "1.jpg", "context": "a dog""#, #"{"image": "1.jpg", "context": "a dog"}"#),
            (#""image": "1.jpg", "context": " ""#, #"{"image": "1.jpg", "context": null}"#),
            (#""context": "a dog""#, #"{"image": "", "context": "a dog"}"#), (#""image": """#, ""),
        ])
    func spellings(single: String, listed: String) throws {
        let (one, other) = (
            try read(#"{"id": "1", "text": "x", \#(single)}"#),
            try read(#"{"id": "1", "text": "x", "images": [\#(listed)]}"#)
        )
        #expect(one == other && one.imageURL == other.imageURL)
        #expect(try written(one) == written(other))
        #expect(try !written(other).contains("images"))
        #expect(Fingerprint(posts: [one]) == Fingerprint(posts: [other]))
        #expect(Fingerprint(contextsOf: [one]) == Fingerprint(contextsOf: [other]))
    }

    @Test(
        "name the field of the line that is wrong",
        arguments: [
            (
                #""image": "1.jpg", "images": [{"image": "2.jpg"}]"#,
                #"field images: is given beside "image"; put every"#
            ),
            (#""context": "a dog", "images": []"#, #"field images: is given beside "context"; put every picture"#),
            (
                #""images": [{"image": "1.jpg"}, {"context": " "}]"#,
                #"field images[1]: has neither "image" nor "context""#
            ),
            (#""images": ["1.jpg"]"#, "field images[0]: expected an object"),
            (#""images": {"image": "1.jpg"}"#, "field images: expected a list"),
            (#""images": [{"image": 7}]"#, "field images[0].image: expected a string"),
        ])
    func malformed(fields: String, problem: String) throws {
        let results = Array(try reader("{\"text\": \"good\"}\n{\"text\": \"x\", \(fields)}\n"))
        guard case .failure(let error) = try #require(results.last) else {
            Issue.record("it was read")
            return
        }
        #expect(error.description.contains("posts.jsonl:2: \(problem)"), "\(error)")
    }

    @Test("tell of fields of pictures that are not read")
    func unknownFields() throws {
        let reader = try reader(#"{"text": "x", "images": [{"image": "1.jpg"}, {"image": "2.jpg", "caption": "a"}]}"#)
        _ = try reader.posts()
        #expect(reader.findings.counts == [.unknownField: 1])
        #expect(reader.findings.examples(of: .unknownField)[0].detail.contains(#""images[1].caption""#))
    }

    @Test("change their first picture by the names of before")
    func first() {
        var post = Post(id: "1", content: .text("x"))
        #expect(post.pictures.isEmpty && post.image == nil && post.imageURL == nil && post.context == nil)
        post.context = "a dog"
        post.image = "1.jpg"
        #expect(post.pictures == [Post.Picture(image: "1.jpg", context: "a dog")])
        #expect(post.imageURL == URL(filePath: "1.jpg"))
        post.pictures.append(Post.Picture(image: "2.jpg"))
        (post.image, post.context) = (nil, nil)
        #expect(post.pictures.map(\.image) == [nil, "2.jpg"], "the second does not become the first")
        post.pictures.removeLast()
        post.context = nil
        #expect(post.pictures.isEmpty && post == Post(id: "1", content: .text("x")))
    }

    @Test("are told apart by all their pictures, and by their contexts where these count")
    func fingerprints() {
        func post(_ pictures: (String?, String?)...) -> Post {
            Post(id: "1", content: .text("x"), pictures: pictures.map { Post.Picture(image: $0.0, context: $0.1) })
        }
        let posts = [
            post(("1.jpg", nil)), post(("2.jpg", nil)), post(("1.jpg", nil), ("2.jpg", nil)),
            post(("2.jpg", nil), ("1.jpg", nil)), post(("1.jpg", nil), ("2.jpg", nil), ("3.jpg", nil)),
        ]
        #expect(Set(posts.map { Fingerprint(posts: [$0]) }).count == posts.count)
        #expect(
            Fingerprint(posts: [post(("a/1.jpg", "x"), ("2.jpg", "y"))]) == Fingerprint(posts: [posts[2]]),
            "neither folders nor contexts count")
        let contexts = [
            posts[2], post(("1.jpg", "a"), ("2.jpg", nil)), post(("1.jpg", nil), ("2.jpg", "a")),
            post(("1.jpg", "2.jpg")),
        ]
        #expect(Set(contexts.map { Fingerprint(contextsOf: [$0]) }).count == contexts.count)
    }

    @Test("get the file and the context of every picture")
    func dataset() throws {
        try scratch.write("\(Self.two)\n", to: "data/train.jsonl")
        for name in ["1.jpg", "below/2.jpg"] { try scratch.write("picture", to: "data/images/\(name)") }
        let contexts = try scratch.write(
            #"{"image": "1.jpg", "context": "a wall"}"# + "\n" + #"{"image": "2.jpg", "context": "a cat"}"#,
            to: "contexts.jsonl")
        let dataset = try Dataset.load(folder: scratch["data"], contexts: contexts)
        let post = try #require(dataset[.train].first)
        #expect(post.pictures.map { $0.imageURL?.lastPathComponent } == ["2.jpg", "1.jpg", nil])
        #expect(post.pictures.prefix(2).allSatisfy { FileManager.default.fileExists(atPath: $0.imageURL?.path ?? "") })
        #expect(post.pictures.map(\.context) == ["a cat", "a wall", "snow"])
        #expect(dataset.findings.counts == [.replacedContext: 1])
    }

    @Test("are examined picture by picture")
    func doctor() throws {
        try scratch.write(
            Self.two + "\n" + #"{"text": "y", "images": [{"image": "1.jpg"}, {"image": "../3.jpg"}]}"# + "\n",
            to: "data/train.jsonl")
        try scratch.write(#"{"text": "z", "image": "1.jpg"}"#, to: "data/test.jsonl")
        try scratch.write("picture", to: "data/images/1.jpg")
        let contexts = try scratch.write(#"{"image": "1.jpg", "context": "a wall"}"#, to: "contexts.jsonl")
        let report = try DatasetDoctor.examine(scratch["data"], contexts: contexts)
        let train = try #require(report.splits.first)
        #expect(train.pictures == 4 && train.missingPictures == 2 && train.contexts == 4)
        #expect(
            report.findings.counts == [
                .missingPicture: 1, .foreignPicture: 1, .missingContext: 1, .missingSplit: 1,
            ])
        let leaked = try #require(report.duplicates.first { $0.first == .train && $0.second == .test })
        #expect((leaked.posts, leaked.texts, leaked.pictures) == (0, 0, 1))
    }
}
