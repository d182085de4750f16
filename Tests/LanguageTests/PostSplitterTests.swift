import Language
import Support
import TestSupport
import Testing

@Suite struct PostSplitterTests {
    private let splitter = PostSplitter()

    private func words(_ text: String) -> [String] { splitter(text).map(\.text) }

    @Test(arguments: [
        (
            "RT @Harry_Styles: I'm at U.S. Bank w/ Dr. Who",
            ["RT", "@Harry_Styles", ":", "I", "'m", "at", "U.S.", "Bank", "w", "/", "Dr.", "Who"]
        ),
        ("#NBAAwards #don't", ["#", "NBAAwards", "#", "do", "n't"]),
        (
            "see https://t.co/15beLF6Ajw, (www.foo.com/a_(b)) AdultWork.com pic.twitter.com/x!",
            [
                "see", "https://t.co/15beLF6Ajw", ",", "(", "www.foo.com/a_(b)", ")", "AdultWork.com",
                "pic.twitter.com/x", "!",
            ]
        ),
        ("http://t… me@example.org", ["http://t…", "me@example.org"]),
        ("東京タワーへ行く。", ["東", "京", "タワー", "へ", "行", "く", "。"]),
        ("กรุงเทพ ๒๕ #ไทย", ["ก", "รุ", "ง", "เ", "ท", "พ", "๒๕", "#", "ไ", "ท", "ย"]),
        ("မြန်မာ ភាសា ລາວ", ["မြ", "န်", "မ", "ာ", "ភា", "សា", "ລ", "າ", "ວ"]),
        ("يسكن في القاهرة، 서울 Москва", ["يسكن", "في", "القاهرة", "،", "서울", "Москва"]),
        (
            "Don’t can't cannot wouldn't've gonna y'all O'Brien's dogs'",
            [
                "Do", "n’t", "ca", "n't", "can", "not", "would", "n't", "'ve", "gon", "na", "y'all", "O'Brien", "'s",
                "dogs", "'",
            ]
        ),
        (
            "10,000 3.5% 7:00pm 12/04/18 2-1 4th $5",
            [
                "10,000", "3.5", "%", "7:00pm", "12/04/18", "2", "-", "1", "4th", "$", "5",
            ]
        ),
        (
            "K-pop A/C wow!!! wait... -- &amp; R&B",
            [
                "K", "-", "pop", "A", "/", "C", "wow", "!", "!", "!", "wait", "...", "--", "&amp;", "R", "&", "B",
            ]
        ),
        ("George W. Bush. So am I. Yes", ["George", "W.", "Bush", ".", "So", "am", "I", ".", "Yes"]),
        (":-) <3 xD re:Dave :D :))) fixD", [":-)", "<3", "xD", "re", ":", "Dave", ":D", ":)", ")", ")", "fixD"]),
        ("👨‍👩‍👧🇺🇸👍🏽1️⃣❤️ok", ["👨‍👩‍👧", "🇺🇸", "👍🏽", "1️⃣", "❤️", "ok"]),
        ("東京は晴れ 한국어 مرحبا بكم! שלום", ["東", "京", "は", "晴", "れ", "한국어", "مرحبا", "بكم", "!", "שלום"]),
        ("cafe\u{301}\u{200E} \u{200F}x\u{200B}y", ["cafe\u{301}", "x", "y"]),
        ("", []), (" \n\t\u{3000}", []),
    ])
    func rawPostsAreSplitLikeTheDataSets(text: String, expected: [String]) {
        #expect(words(text) == expected)
    }

    @Test func offsetsCountUnicodeScalars() {
        let text = "👍🏽 é\u{301} @me\r\nok"
        let scalars = Array(text.unicodeScalars)
        for word in splitter(text) {
            #expect(Array(word.text.unicodeScalars) == Array(scalars[word.start..<word.end]))
        }
        #expect(splitter(text).map(\.start) == [0, 3, 6, 11])
    }

    @Test func everySeenScalarIsInExactlyOneWord() {
        var generator = SplitMix64(state: 17)
        for _ in 0..<3000 {
            let text = randomText(&generator)
            let scalars = Array(text.unicodeScalars)
            var end = 0
            for word in splitter(text) {
                #expect(word.start >= end && word.end > word.start && word.end <= scalars.count)
                #expect(Array(word.text.unicodeScalars) == Array(scalars[word.start..<word.end]))
                #expect(scalars[end..<word.start].allSatisfy(isUnseen), "\(text.debugDescription)")
                end = word.end
            }
            #expect(scalars[end...].allSatisfy(isUnseen), "\(text.debugDescription)")
        }
    }

    @Test func hostileLengthsAreLinearWork() {
        #expect(splitter(String(repeating: "a", count: 2_000_000)).count == 1)
        #expect(splitter("http://x" + String(repeating: ")", count: 200_000)).count == 200_001)
        #expect(splitter(String(repeating: "a.", count: 200_000)).count == 1)
        #expect(splitter(String(repeating: "Rocky ", count: 10_000)).count == 10_000)
        #expect(splitter(String(repeating: "&#", count: 100_000)).count == 200_000)
        #expect(splitter("e" + String(repeating: "\u{301}", count: 200_000)).count == 1)
    }

    /// Posts of MNRE, joined by blanks, come apart again nearly as they were.
    @Test(.enabled(if: DataFolder.has("mnre"), "needs the data sets in SHAPCA_DATA"))
    func joinedPostsComeApartAgain() throws {
        let posts = try PublishedData.mnre()
        var found = 0
        for post in posts {
            var offset = 0
            var expected: Set<Range<Int>> = []
            for word in post {
                let count = word.unicodeScalars.count
                expected.insert(offset..<offset + count)
                offset += count + 1
            }
            found += splitter(post.joined(separator: " ")).count { expected.contains($0.start..<$0.end) }
        }
        let total = posts.reduce(0) { $0 + $1.count }
        #expect(Double(found) / Double(total) > 0.98, "\(found) of \(total) words")
    }

    private func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return properties.isWhitespace || properties.isDefaultIgnorableCodePoint
            || properties.generalCategory == .control || properties.generalCategory == .format
    }

    private func randomText(_ generator: inout SplitMix64) -> String {
        let parts = [
            "@", "#", "http://", "www.", "'", "n't", "'s", ".", "...", ":-)", " ", "\u{200D}", "\u{FE0F}", "👍🏽", "🇺",
            "中",
            "ab", "B.", "1", ",", "&", ";", "&amp;", "(", ")", "\r\n", "\u{301}", "\u{200F}", "ש", "_", "x@y.org",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<16, using: &generator) {
            if Bool.random(using: &generator) {
                text.append(contentsOf: parts.randomElement(using: &generator).map(\.unicodeScalars) ?? .init())
            } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x1FFFF, using: &generator)) {
                text.append(scalar)
            }
        }
        return String(text)
    }
}
