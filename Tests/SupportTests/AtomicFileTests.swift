import Foundation
import Support
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private func names(in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    }

    private func text(at url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    @Test func aFileAppearsWholeOrNotAtAll() throws {
        let folder = try TemporaryFolder()
        let file = folder["a.txt"]
        try folder.write("before", to: "a.txt")
        do {
            let dropped = try AtomicFile(replacing: file)
            try dropped.append(Data("half of".utf8))
        }
        #expect(try text(at: file) == "before")
        let kept = try AtomicFile(replacing: file)
        try kept.append(Data("after".utf8))
        try kept.append(Data("wards".utf8))
        #expect(try text(at: file) == "before" && kept.byteCount == 10)
        try kept.commit()
        #expect(try text(at: file) == "afterwards")
        #expect(try names(in: folder) == ["a.txt"])
    }

    #if os(Linux)
        @Test func aProgramThatIsKilledLeavesNothing() throws {
            let folder = try TemporaryFolder()
            let file = try AtomicFile(replacing: folder["a.txt"])
            try file.append(Data("half of it".utf8))
            try file.synchronize()
            #expect(try names(in: folder) == [])
            try file.commit()
            #expect(try text(at: folder["a.txt"]) == "half of it")
            #expect(try names(in: folder) == ["a.txt"])
            var (status, plain) = (stat(), stat())
            try folder.write("", to: "plain.txt")
            #expect(stat(folder["a.txt"].path, &status) == 0 && stat(folder["plain.txt"].path, &plain) == 0)
            #expect(status.st_mode == plain.st_mode)
        }
    #endif

    @Test func aNameThatIsTooLongFailsAtOnce() throws {
        let folder = try TemporaryFolder()
        let url = folder[String(repeating: "a", count: 250)]
        let error = #expect(throws: FileError.self) { try AtomicFile(replacing: url) }
        #expect(error?.code == ENAMETOOLONG)
    }

    @Test func aFileMayGetAnotherNameAtItsEnd() throws {
        let folder = try TemporaryFolder()
        let file = try AtomicFile(replacing: folder["a.txt"])
        try file.commit(as: folder["b.txt"])
        #expect(try names(in: folder) == ["b.txt"])
        #expect(try text(at: folder["b.txt"]).isEmpty)
    }

    @Test func aFailureNamesTheFileAndLeavesNothing() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try AtomicFile.write(Data(), to: folder["absent/a.txt"]) }
        #expect(error?.code == ENOENT && error?.isDiskFull == false)
        #expect(error?.description == "\(folder["absent/a.txt"].relativePath): no such file or directory")
        try folder.write("", to: "folder/file")
        let taken = #expect(throws: FileError.self) { try AtomicFile.write(Data("a".utf8), to: folder["folder"]) }
        #expect(taken?.byteCount == 1)
        #expect(try names(in: folder) == ["folder"])
    }

    /// `/dev/full` is a device on which there is never room.
    @Test func aFullDiskIsNamedWithTheNumberOfBytes() throws {
        let file = try AtomicFile(writingThrough: URL(filePath: "/dev/full"))
        let error = #expect(throws: FileError.self) { try file.append(Data("abc".utf8)) }
        #expect(error?.isDiskFull == true && error?.byteCount == 0 && file.byteCount == 0)
        #expect(error?.reason == "no space left on device")
    }

    /// The second of two pages may not be read, so that the system writes the first one and then fails.
    @Test func anAppendIsWholeOrUndone() throws {
        let folder = try TemporaryFolder()
        let file = try AtomicFile(replacing: folder["a.txt"])
        try file.append(Data("abc".utf8))
        let page = Int(getpagesize())
        let pages = try #require(mmap(nil, 2 * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(pages, 2 * page) }
        try #require(mprotect(pages + page, page, PROT_NONE) == 0)
        let bytes = UnsafeRawBufferPointer(start: pages, count: 2 * page)
        let error = #expect(throws: FileError.self) { try file.append(bytes) }
        #expect(error?.code == EFAULT && (3...3 + page).contains(error?.byteCount ?? 0))
        #expect(file.byteCount == 3)
        try file.append(Data("def".utf8))
        try file.commit()
        #expect(try text(at: folder["a.txt"]) == "abcdef")
    }

    @Test func whatALinkLeadsToIsWrittenThrough() throws {
        let folder = try TemporaryFolder()
        try folder.write("a long text", to: "target.txt")
        let link = folder["link.txt"]
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder["target.txt"])
        #expect(!link.isRegularFileOrAbsent)
        #expect(folder["target.txt"].isRegularFileOrAbsent && folder["absent"].isRegularFileOrAbsent)
        let file = try AtomicFile(writingThrough: link)
        try file.append(Data("short".utf8))
        try file.commit()
        #expect(try text(at: folder["target.txt"]) == "short")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == folder["target.txt"].path)
        #expect(try names(in: folder) == ["link.txt", "target.txt"])
    }
}
