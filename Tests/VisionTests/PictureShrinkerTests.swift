import Foundation
import TestSupport
import Testing
import Vision

@Suite("Pictures that leave the machine")
struct PictureShrinkerTests {
    /// Width and height out of a baseline JPEG file.
    private func size(of jpeg: Data) throws -> [Int] {
        let frame = try #require(jpeg.range(of: Data([0xFF, 0xC0])))
        let bytes = jpeg[frame.upperBound...].dropFirst(3).prefix(4).map { Int($0) }
        return [256 * bytes[2] + bytes[3], 256 * bytes[0] + bytes[1]]
    }

    @Test(
        "Every format becomes a JPEG file without metadata",
        arguments: [
            "cat.jpg", "cmyk.jpg", "grey.jpg", "progressive.jpg", "grey16.png", "palette.png", "transparent.png",
            "bits.png",
            "rgb.webp", "rgb.tif", "rgb.avif", "animated.gif", "orientation8.jpg",
        ])
    func formats(_ name: String) throws {
        let jpeg = try PictureShrinker(largestSide: 512).jpeg(of: Fixture.data(name), name: name)
        #expect(PictureFormat(firstBytes: jpeg) == .jpeg)
        for mark in ["Exif", "ICC_PROFILE", "http://ns.adobe.com", "Photoshop"] {
            #expect(jpeg.range(of: Data(mark.utf8)) == nil, "\(mark)")
        }
    }

    @Test("The longer side is scaled down to the limit, never up, and the picture stands upright")
    func sizes() throws {
        func size(_ name: String, _ side: Int) throws -> [Int] {
            try self.size(of: PictureShrinker(largestSide: side).jpeg(of: Fixture.data(name), name: name))
        }
        #expect(try size("cat.jpg", 1024) == [451, 300])
        #expect(try size("cat.jpg", 100) == [100, 67])
        #expect(try size("orientation6.jpg", 1024) == [96, 64] && size("orientation1.jpg", 1024) == [96, 64])
    }

    @Test("What the decoder refuses is refused")
    func refusals() throws {
        let shrinker = PictureShrinker(largestSide: 64)
        let large = CraftedPNG.data(width: 30_000, height: 30_000)
        #expect(throws: PictureError.tooManyPixels("p", width: 30_000, height: 30_000, limit: 100_000_000)) {
            try shrinker.jpeg(of: large, name: "p")
        }
        let cat = try Fixture.data("cat.jpg")
        #expect(throws: PictureError.self) { try shrinker.jpeg(of: cat.prefix(cat.count / 2), name: "p") }
        #expect(throws: PictureError.unsupportedFormat("p")) { try shrinker.jpeg(of: Data("<svg/>".utf8), name: "p") }
        #expect(throws: PictureError.empty("p")) { try shrinker.jpeg(of: Data(), name: "p") }
    }
}
