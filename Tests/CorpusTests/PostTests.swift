import Corpus
import Foundation
import Testing

@Suite("Post")
struct PostTests {
    private let family = "👨‍👩‍👧 שלום Rocky"

    @Test("counts Unicode scalars in texts and tokens in token lists")
    func length() {
        #expect(Post(id: "", content: .text(family)).length == 16)
        #expect(Post(id: "", content: .tokens(["👨‍👩‍👧", "שלום", "Rocky"])).length == 3)
    }

    @Test("names what an entity spans, in whatever script")
    func surface() {
        let text = Post(id: "", content: .text(family))
        #expect(text.surface(of: Entity(start: 0, end: 5, type: "X")) == "👨‍👩‍👧")
        #expect(text.surface(of: Entity(start: 6, end: 10, type: "X")) == "שלום")
        #expect(text.surface(of: Entity(start: 11, end: 16, type: "X")) == "Rocky")
        let tokens = Post(id: "", content: .tokens(["New", "York", "!"]))
        #expect(tokens.surface(of: Entity(start: 0, end: 2, type: "LOC")) == "New York")
        for entity in Self.badSpans { #expect(tokens.surface(of: entity) == nil) }
    }

    @Test("has no context where it is blank", arguments: [nil, "", " \n", "a dog"])
    func context(given: String?) throws {
        let kept = given == "a dog" ? given : nil
        #expect(Post(id: "", content: .text("x"), context: given).context == kept)
        let line = try JSONEncoder().encode(["text": "x", "context": given])
        #expect(try JSONDecoder().decode(Post.self, from: line).context == kept)
    }

    @Test("refuses offsets that do not fit", arguments: badSpans)
    func badSpan(entity: Entity) {
        let post = Post(id: "", content: .tokens(["a", "b", "c"]), entities: [entity])
        #expect(throws: PostError.badSpan(index: 0, entity: entity, length: 3, unit: "tokens")) { try post.validate() }
    }

    static let badSpans = [(-1, 1), (2, 1), (1, 1), (0, 4), (3, 4), (Int.min, Int.max)].map {
        Entity(start: $0, end: $1, type: "PER")
    }

    @Test("refuses relations of entities that are not there, and empty types")
    func badRelation() {
        var post = Post(id: "", content: .tokens(["a"]), entities: [Entity(start: 0, end: 1, type: "PER")])
        for (head, tail) in [(0, 1), (-1, 0), (Int.max, 0)] {
            post.relations = [Relation(head: head, tail: tail, type: "of")]
            #expect(throws: PostError.self) { try post.validate() }
        }
        post.relations = [Relation(head: 0, tail: 0, type: "")]
        #expect(throws: PostError.emptyType(field: "relations[0].type")) { try post.validate() }
        post.entities[0].type = ""
        #expect(throws: PostError.emptyType(field: "entities[0].type")) { try post.validate() }
    }

    @Test("tells overlapping entities from neighbours")
    func overlap() {
        func overlap(_ spans: [(Int, Int)]) -> Bool {
            let entities = spans.map { Entity(start: $0.0, end: $0.1, type: "X") }
            return Post(id: "", content: .tokens([]), entities: entities).firstOverlap != nil
        }
        #expect(!overlap([]) && !overlap([(0, 1)]) && !overlap([(2, 3), (0, 2)]))
        #expect(overlap([(0, 3), (2, 4)]) && overlap([(4, 5), (0, 9)]) && overlap([(1, 2), (1, 2)]))
    }

    @Test("is empty where nothing but white space is written")
    func emptiness() {
        for content in [Post.Content.tokens([]), .tokens(["", "\u{A0}"]), .text(""), .text(" \n\t\u{2003}")] {
            #expect(Post(id: "", content: content).isEmpty)
        }
        #expect(!Post(id: "", content: .text("\u{0}")).isEmpty)
        #expect(!Post(id: "", content: .tokens(["", "é"])).isEmpty)
    }

    @Test("keeps where its picture lies, which makes no other post of it")
    func picture() throws {
        let base = URL(filePath: "/data")
        let post = Post(id: "1", content: .text("a"), image: "images/1.jpg")
        #expect(post.imageURL == URL(filePath: "images/1.jpg"))
        let resolved = post.resolvingImage(in: base)
        #expect(resolved.imageURL?.path == "/data/images/1.jpg" && resolved == post)
        let absolute = Post(id: "1", content: .text("a"), image: "/pictures/1.jpg")
        #expect(absolute.resolvingImage(in: base).imageURL?.path == "/pictures/1.jpg" && absolute != post)
        #expect(Post(id: "1", content: .text("a")).resolvingImage(in: base).imageURL == nil)
        var other = resolved
        other.image = nil
        #expect(other.imageURL == nil && other != post)
        let decoded = try JSONDecoder().decode(Post.self, from: JSONEncoder().encode(resolved))
        #expect(decoded == post && decoded.imageURL == post.imageURL)
    }

    @Test("survives JSON with and without its optional parts")
    func json() throws {
        let entities = [Entity(start: 0, end: 1, type: "PER"), Entity(start: 1, end: 2, type: "ORG")]
        let posts = [
            Post(id: "1", content: .text("")),
            Post(
                id: "2", content: .tokens(["\u{0}", "\"", "\u{2028}", "🐕"]), image: "images/a b.jpg",
                context: "a dog", entities: entities, relations: [Relation(head: 1, tail: 0, type: "of")]),
        ]
        #expect(try JSONDecoder().decode([Post].self, from: JSONEncoder().encode(posts)) == posts)
    }
}
