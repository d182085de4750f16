import Foundation
import TestSupport
import Testing
import Vision

@Suite("The memory of a picture")
struct PictureMemoryTests {
    private static let geometry = PictureGeometry(shortestSide: 256, cropSide: 224)

    /// What decoding is taken to need, which a limit of nothing tells.
    private func estimate(of data: Data) throws -> Int {
        let decoder = PictureDecoder(geometry: Self.geometry, limits: PictureLimits(memory: 0))
        let error = #expect(throws: PictureError.self) { try decoder.decode(data, name: "picture") }
        guard case .tooMuchMemory(_, _, _, let count, limit: 0)? = error else {
            Issue.record("\(String(describing: error))")
            return 0
        }
        return count
    }

    /// The bytes by which the process's memory grows at most while work is done.
    private func growth(_ work: () throws -> Void) throws -> Int {
        func bytes(_ field: String) throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) })
            let words = line.split(whereSeparator: \.isWhitespace)
            return 1024 * (try #require(words.dropFirst().first.flatMap { Int($0) }))
        }
        try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"), options: [])
        let before = try bytes("VmRSS:")
        try work()
        return try bytes("VmHWM:") - before
    }

    @Test(
        "Decoding takes no more memory than is set aside for it",
        .enabled(
            if: FileManager.default.isWritableFile(atPath: "/proc/self/clear_refs"), "the peak of memory is unknown"),
        arguments: [
            "large.jpg", "large-progressive.jpg", "large.png", "large-transparent.png", "large-interlaced.png",
            "large.gif", "large.webp", "large.tif", "large.avif",
        ])
    func estimate(_ name: String) throws {
        let data = try Fixture.data(name)
        let decoder = PictureDecoder(geometry: Self.geometry)
        let estimate = try estimate(of: data)
        let growth = try growth { _ = try decoder.decode(data, name: name) }
        #expect(growth <= estimate)
    }

    @Test("What a picture needs goes by its size, depth, transparency and passes")
    func kinds() throws {
        let megabyte = 1_000_000
        let band = 3000 * 1400
        let overhead = 4 << 20
        func estimate(_ name: String) throws -> Int { try self.estimate(of: Fixture.data(name)) - overhead }
        #expect(try estimate("large.jpg") == band * 3)
        #expect(try estimate("large-progressive.jpg") == 9 * megabyte * 6 + band * 3)
        #expect(try estimate("large.png") == band * 3)
        #expect(try estimate("large-transparent.png") == band * 20)
        #expect(try estimate("large-interlaced.png") == 9 * megabyte * 6 + band * 6)
        #expect(try estimate("large.gif") == 9 * megabyte * 5 + band * 3)
        #expect(try estimate("large.webp") == 9 * megabyte * 8 + band * 3)
        #expect(try estimate("large.tif") == 9 * megabyte * 6 + band * 3)
        #expect(try estimate("large.avif") == 9 * megabyte * 9 + band * 3)
        #expect(try estimate("rgb.png") == 96 * 64 * 3)
    }

    @Test("The largest pictures of usual kinds are decoded; what needs more than the limit is refused by name")
    func limit() throws {
        let limits = PictureLimits()
        func need(width: Int, height: Int, depth: UInt8, colours: UInt8, isInterlaced: Bool) throws -> Int {
            let data = CraftedPNG.data(
                width: UInt32(width), height: UInt32(height), depth: depth, colours: colours,
                isInterlaced: isInterlaced)
            return try estimate(of: data)
        }
        let usual = try need(width: 10_000, height: 10_000, depth: 16, colours: 6, isInterlaced: true)
        #expect(usual == 800_000_000 + 10_000 * 1400 * 24 + 4 << 20 && usual <= limits.memory)
        #expect(usual > PictureMemory.pixels.byteCount, "it runs alone")
        let strip = CraftedPNG.data(width: 100_000, height: 1000, depth: 16, colours: 6, isInterlaced: true)
        let error = PictureError.tooMuchMemory(
            "strip", width: 100_000, height: 1000, byteCount: 3_200_000_000 + 4 << 20, limit: 2 << 30)
        #expect(throws: error) { try PictureDecoder(geometry: Self.geometry).decode(strip, name: "strip") }
        #expect(
            error.description
                == "strip: decoding the picture of 100000 x 1000 pixels takes 3204194304 bytes of memory, more than "
                + "the limit of 2147483648; make it smaller, or save it without interlacing and transparency")
    }

    @Test("Limits of any size are compared without harm")
    func hugeLimits() throws {
        var limits = PictureLimits(byteCount: .max, pixelCount: .max, sideRatio: .max, memory: .max)
        #expect(
            try PictureDecoder(geometry: Self.geometry, limits: limits).decode(Fixture.source("rgb.png")).side == 224)
        limits.memory = 1 << 30
        let side = 9_999_999
        let claim = CraftedPNG.data(width: UInt32(side), height: UInt32(side))
        let need = side * 1400 * 3 + 4 << 20
        #expect(
            throws: PictureError.tooMuchMemory("claim", width: side, height: side, byteCount: need, limit: 1 << 30)
        ) {
            try PictureDecoder(geometry: Self.geometry, limits: limits).decode(claim, name: "claim")
        }
    }
}
