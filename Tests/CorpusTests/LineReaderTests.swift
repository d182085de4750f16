import Corpus
import Foundation
import TestSupport
import Testing

@Suite("LineReader")
struct LineReaderTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func lines(_ data: Data, longestLine: Int = 1 << 24) throws -> [Result<String, CorpusError>] {
        let reader = try LineReader(try scratch.write(data, to: "lines"), longestLine: longestLine)
        return reader.map { result in result.flatMap { line in Result { () throws(CorpusError) in try line.text() } } }
    }

    private func lines(_ text: String) throws -> [String] { try lines(Data(text.utf8)).map { try $0.get() } }

    @Test("ends lines at LF, CR LF, CR and the end of the file, and at nothing else")
    func endings() throws {
        #expect(try lines("a\nb\r\n\nc") == ["a", "b", "", "c"])
        #expect(try lines("a\n") == ["a"])
        #expect(try lines("") == [])
        #expect(try lines("\n\r\n") == ["", ""])
        #expect(try lines("a\rb\r\rc\r\n\nd\r") == ["a", "b", "", "c", "", "d"])
        #expect(try lines("\r") == [""])
        #expect(try lines("a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f") == ["a\u{2028}b\u{2029}c\u{85}d\u{B}e\u{C}f"])
    }

    @Test("takes CR LF for one end wherever a chunk ends", arguments: [-1, 0, 1])
    func splitEndings(shift: Int) throws {
        let long = String(repeating: "x", count: (1 << 18) - 1 + shift)
        #expect(try lines("\(long)\r\nb\r\n\r\nc") == [long, "b", "", "c"])
        #expect(try lines("\(long)\rb") == [long, "b"])
        #expect(try lines("\(long)\r\n") == [long])
    }

    @Test("gives a line of a pipe that ends with CR at once, and takes a LF that follows for its end")
    func pipeOfReturns() throws {
        let pipe = Pipe()
        let reader = LineReader(pipe.fileHandleForReading, name: "pipe")
        func write(_ text: String) throws { try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }
        try write("one\r")
        #expect(try reader.isReady && reader.next()?.get().text() == "one")
        #expect(!reader.isReady)
        try write("\n")
        #expect(!reader.isReady, "the rest of a line end is no line")
        try write("two\r\n\rthree\r")
        let rest = try (0..<3).map { _ in try reader.isReady ? reader.next()?.get().text() : nil }
        #expect(rest == ["two", "", "three"])
        try write("ha")
        #expect(!reader.isReady, "half a line is none")
        try pipe.fileHandleForWriting.close()
        #expect(try reader.next()?.get().text() == "ha" && reader.next() == nil)
    }

    @Test(
        "refuses compressed files by name, once",
        arguments: [
            ([0x28, 0xB5, 0x2F, 0xFD, 0x0D, 1], "zstd -dc"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz -dc"), ([0x50, 0x4B, 3, 4, 0x0A, 0x0A], "unzip"),
            (Array("BZh91AY".utf8), "bzip2 -dc"),
        ] as [([UInt8], String)])
    func compressed(bytes: [UInt8], command: String) throws {
        let read = try lines(Data(bytes + bytes))
        #expect(read.count == 1)
        let error = #expect(throws: CorpusError.self) { try read[0].get() }
        #expect(error?.description.contains("lines:1: this is ") == true)
        #expect(error?.description.contains("unpack it: \(command)") == true, "\(error?.description ?? "")")
    }

    @Test("knows a line of any white space for a blank one")
    func blankLines() throws {
        let reader = try LineReader(
            try scratch.write("\u{A0}\u{3000}\n \t\u{2028}\n\n\u{A0}\tO\n\u{200B}\n", to: "lines"))
        #expect(try reader.map { try $0.get().isBlank } == [true, true, true, false, false])
    }

    @Test("skips a byte order mark at the start, and only there")
    func byteOrderMark() throws {
        let read = try lines("\u{FEFF}a\n\u{FEFF}b").map { $0.unicodeScalars.count }
        #expect(read == [1, 2])
    }

    @Test("refuses UTF-16 and bytes that are no text, naming the line")
    func otherEncodings() throws {
        let utf16 = try lines(Data([0xFF, 0xFE, 0x61, 0x00]))
        #expect(throws: CorpusError.self) { try utf16[0].get() }
        let read = try lines(Data([0x61, 0x0A, 0xC3, 0x28, 0x0A, 0x62]))
        #expect(read.count == 3)
        guard case .failure(let error) = read[1] else { return #expect(Bool(false), "invalid UTF-8 was read") }
        #expect(error.location?.line == 2)
        #expect(try read[2].get() == "b")
    }

    @Test("finds lines across the chunks it reads", arguments: [(1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1_000_000])
    func chunks(length: Int) throws {
        let long = String(repeating: "é", count: length / 2)
        let read = try lines("\(long)\r\nshort\n\(long)")
        #expect(read == [long, "short", long])
    }

    @Test("reads over a line beyond the limit and goes on", arguments: [11, 300_000, 2_000_000])
    func tooLong(length: Int) throws {
        let long = String(repeating: "x", count: length)
        let read = try lines(Data("0123456789\n\(long)\nnext\n\(long)".utf8), longestLine: 10)
        #expect(read.count == 4)
        #expect(try read[0].get() == "0123456789")
        for index in [1, 3] {
            guard case .failure(let error) = read[index] else { return #expect(Bool(false), "line \(index) was read") }
            #expect(error.location?.line == index + 1)
        }
        #expect(try read[2].get() == "next")
    }

    @Test("gives the lines of a pipe as they come, without waiting for more")
    func pipe() throws {
        let pipe = Pipe()
        let reader = LineReader(pipe.fileHandleForReading, name: "pipe")
        try pipe.fileHandleForWriting.write(contentsOf: Data("one\ntwo".utf8))
        #expect(try reader.next()?.get().text() == "one")
        try pipe.fileHandleForWriting.write(contentsOf: Data("!\n".utf8))
        #expect(try reader.next()?.get().text() == "two!")
        try pipe.fileHandleForWriting.close()
        #expect(reader.next() == nil)
    }

    @Test("says what cannot be read")
    func unreadable() throws {
        let missing = scratch["missing"]
        #expect(throws: CorpusError.unreadable(path: missing.relativePath, reason: "no such file or directory")) {
            try LineReader(missing)
        }
        let reader = try LineReader(scratch.url)
        guard case .failure(.unreadable(_, let reason)) = reader.next() else {
            return #expect(Bool(false), "a folder was read")
        }
        #expect(reason == "is a directory")
        #expect(reader.next() == nil)
    }

    @Test("knows whether a line of a pipe would have to be waited for")
    func readiness() throws {
        let pipe = Pipe()
        let reader = LineReader(pipe.fileHandleForReading, name: "pipe")
        #expect(!reader.isReady)
        try pipe.fileHandleForWriting.write(contentsOf: Data("a\nb\n".utf8))
        #expect(reader.isReady && reader.next() != nil && reader.isReady && reader.next() != nil && !reader.isReady)
        try pipe.fileHandleForWriting.close()
        #expect(reader.isReady && reader.next() == nil && reader.isReady)
    }

    @Test("stops waiting for a pipe when told to, without the line that has begun")
    func stopping() throws {
        let pipe = Pipe()
        let reader = LineReader(pipe.fileHandleForReading, name: "pipe")
        var questions = 0
        reader.shouldStop = {
            questions += 1
            return questions > 2
        }
        try pipe.fileHandleForWriting.write(contentsOf: Data("one\nha".utf8))
        #expect(try reader.next()?.get().text() == "one")
        #expect(reader.next() == nil && questions == 3)
        try pipe.fileHandleForWriting.write(contentsOf: Data("lf\n".utf8))
        #expect(reader.next() == nil)
        try pipe.fileHandleForWriting.close()
    }
}
