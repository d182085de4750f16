import Corpus
import Foundation
import TestSupport
import Testing

@Suite("CoNLLReader")
struct CoNLLReaderTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func reader(_ text: String) throws -> CoNLLReader {
        try CoNLLReader(try scratch.write(text, to: "train.txt"))
    }

    private let two = "IMGID:1\nRocky\tB-MISC\nbarks\tO\n\nIMGID:O_2\nNew\tB-LOC\nYork\tI-LOC\n"

    @Test("reads posts, their pictures and entities")
    func posts() throws {
        let posts = try reader(two).posts()
        #expect(
            posts == [
                Post(
                    id: "1", content: .tokens(["Rocky", "barks"]), image: "images/1.jpg",
                    entities: [Entity(start: 0, end: 1, type: "MISC")]),
                Post(
                    id: "O_2", content: .tokens(["New", "York"]), image: "images/O_2.jpg",
                    entities: [Entity(start: 0, end: 2, type: "LOC")]),
            ])
    }

    @Test(
        "reads the same with CR LF or CR, a byte order mark, blanks behind tags, spaces for tabs, more blank lines or none"
    )
    func variations() throws {
        let expected = try reader(two).posts()
        for variation in [
            two.replacingOccurrences(of: "\n", with: "\r\n"), "\u{FEFF}" + two, two + "\n\n\n",
            two.replacingOccurrences(of: "\t", with: " "), two.replacingOccurrences(of: "\n\n", with: "\n \t\n\n"),
            two.replacingOccurrences(of: "\n\n", with: "\n"), String(two.dropLast()),
            two.replacingOccurrences(of: "\n", with: "\r"), two.replacingOccurrences(of: "\n", with: " \t\u{A0}\n"),
            two.replacingOccurrences(of: "\n\n", with: "\n\u{A0}\u{2003}\n"),
        ] {
            #expect(try reader(variation).posts() == expected)
        }
    }

    @Test("keeps words that only look blank, and counts them")
    func nonBreakingSpace() throws {
        let reader = try reader("IMGID:1\na\tO\n\u{A0}\tO\nb\tO\n")
        #expect(try reader.posts().map(\.content) == [.tokens(["a", "\u{A0}", "b"])])
        #expect(reader.findings.counts == [.blankToken: 1])
    }

    @Test("starts an entity at an illegal inside tag, and counts it with its line")
    func illegalTags() throws {
        let reader = try reader("IMGID:1\na\tI-PER\nb\tO\nc\tI-LOC\nd\tI-LOC\ne\tI-PER\n\n")
        let post = try #require(try reader.posts().first)
        #expect(
            post.entities == [
                Entity(start: 0, end: 1, type: "PER"), Entity(start: 2, end: 4, type: "LOC"),
                Entity(start: 4, end: 5, type: "PER"),
            ])
        #expect(reader.findings.counts == [.illegalTag: 3])
        #expect(reader.findings.examples.map(\.location?.line) == [2, 4, 6])
    }

    @Test("reads posts without a picture line, posts without words and further columns, and counts them")
    func odd() throws {
        let reader = try reader("a\tX\tO\n\nIMGID:1\n\nIMGID:2\nIMGID:3\nb\tO\n")
        let posts = try reader.posts()
        #expect(posts.map(\.image) == [nil, "images/1.jpg", "images/2.jpg", "images/3.jpg"])
        #expect(posts.map(\.length) == [1, 0, 0, 1])
        #expect(reader.findings.counts == [.unnamedPicture: 1, .extraColumns: 1, .emptyPost: 2])
    }

    @Test(
        "gives up a post with a bad line, names the line and goes on",
        arguments: [
            ("word", "no tag behind the word"), ("word\t", "no tag behind the word"), ("word\tB", "tag \"B\" is not"),
            ("word\tS-PER", "tag \"S-PER\" is not"), ("word\to", "tag \"o\" is not"),
            ("IMGID:", "IMGID without a name"),
            ("IMGID:  ", "IMGID without a name"),
        ])
    func malformed(line: String, problem: String) throws {
        let reader = try reader("IMGID:1\na\tO\n\n\(line)\nb\tO\nbad again\n\nIMGID:3\nc\tO\n")
        let results = Array(reader)
        #expect(results.count == 3)
        #expect(try results[0].get().id == "1")
        guard case .failure(let error) = results[1] else { return #expect(Bool(false), "it was read") }
        #expect(error.location?.line == 4)
        #expect(error.description.contains("train.txt:4: \(problem)"), "\(error)")
        #expect(try results[2].get().id == "3")
    }

    @Test(
        "refuses line ends of other kinds, naming them and the line",
        arguments: [("\u{85}", "NEL (U+0085)"), ("\u{2028}", "LS (U+2028)"), ("\u{2029}", "PS (U+2029)")])
    func otherLineEnds(end: String, name: String) throws {
        let results = Array(try reader("IMGID:1\na\tO\(end)b\tO\n\nIMGID:2\nc\tO\n"))
        let error = #expect(throws: CorpusError.self) { try results[0].get() }
        #expect(error?.location?.line == 2)
        #expect(error?.description.contains("\(name) within the line; end lines with LF") == true)
        #expect(try results[1].get().id == "2")
    }

    @Test("keeps words that are empty, as of Broad Twitter")
    func emptyWords() throws {
        #expect(try reader("IMGID:1\n\tO\na\tB-X\n").posts().map(\.content) == [.tokens(["", "a"])])
    }

    @Test("makes no posts of the lines between documents")
    func documents() throws {
        let text = "-DOCSTART- -X- -X- O\n\na\t-\tO\n\n-DOCSTART-\nb\tB-X\n-DOCSTART-\t-X-\tO\tO\n\n-DOCSTART-s\tO\n"
        let reader = try reader(text)
        #expect(try reader.posts().map(\.content) == [.tokens(["a"]), .tokens(["b"]), .tokens(["-DOCSTART-s"])])
        #expect(reader.findings.counts == [.documentStart: 3, .unnamedPicture: 3, .extraColumns: 1])
    }

    @Test("skips comments before a post's first word where columns have tabs between them, and no hashtags")
    func comments() throws {
        let reader = try reader("# id = 1\n# text = a b O\n#a\tO\n# \tO\nb\tO\n\nIMGID:2\n# text c\nc\tB-X\n")
        #expect(try reader.posts().map(\.content) == [.tokens(["#a", "# ", "b"]), .tokens(["c"])])
        #expect(reader.findings.counts == [.comment: 3, .unnamedPicture: 1])
        let spaces = try self.reader("# B-X\na O\n")
        #expect(try spaces.posts().map(\.content) == [.tokens(["#", "a"])])
        let within = Array(try self.reader("a\tO\n# not a comment here\nb\tO\n"))
        let error = #expect(throws: CorpusError.self) { try within[0].get() }
        #expect(error?.description.contains("train.txt:2: tag \"here\" is not O") == true)
    }

    @Test("keeps the post before a bad picture line")
    func badPictureLine() throws {
        let results = Array(try reader("IMGID:1\na\tO\nIMGID:\nb\tO\n"))
        #expect(results.count == 2)
        #expect(try results[0].get().id == "1")
        #expect(throws: CorpusError.self) { try results[1].get() }
    }
}
