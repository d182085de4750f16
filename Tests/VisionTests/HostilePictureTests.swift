import Foundation
import Support
import TestSupport
import Testing
import Vision

@Suite("Hostile pictures")
struct HostilePictureTests {
    private static let decoder = PictureDecoder(geometry: PictureGeometry(shortestSide: 64, cropSide: 56))

    private func decode(_ data: Data) throws(PictureError) -> RGBPicture {
        try Self.decoder.decode(.bytes(data, name: "picture"))
    }

    @Test("Claims of too many pixels are refused by the header alone", arguments: [30_000, 60_000, 1_000_000])
    func tooManyPixels(_ side: Int) throws {
        let data = CraftedPNG.data(width: UInt32(side), height: UInt32(side))
        #expect(data.count < 100)
        let error = PictureError.tooManyPixels("picture", width: side, height: side, limit: 100_000_000)
        #expect(throws: error) { try decode(data) }
        #expect(error.description.contains("\(side) x \(side) pixels"))
    }

    @Test("A size that no picture can have is an error")
    func impossibleSize() {
        for (width, height) in [(UInt32.max, UInt32.max), (0x7fff_ffff, 0x7fff_ffff), (0, 10), (10, 0)] {
            #expect(throws: PictureError.self) { try decode(CraftedPNG.data(width: width, height: height)) }
        }
    }

    @Test("Pixels that are not there are an error")
    func missingPixels() {
        #expect(throws: PictureError.self) { try decode(CraftedPNG.data(width: 500, height: 500)) }
        #expect(throws: PictureError.self) { try decode(CraftedPNG.data(width: 500, height: 500, content: [1, 2, 3])) }
    }

    @Test("A line that would be scaled to gigapixels is refused by the header alone")
    func line() {
        for (width, height) in [(1, 101), (65_000, 1), (900, 90_001)] {
            let data = CraftedPNG.data(width: UInt32(width), height: UInt32(height))
            #expect(throws: PictureError.tooUnequalSides("picture", width: width, height: height, limit: 100)) {
                try decode(data)
            }
        }
    }

    @Test(
        "Cut short anywhere, a picture is an error",
        arguments: ["cat.jpg", "rgb.png", "progressive.jpg", "rgb.webp", "rgb.tif", "rgb.avif", "animated.gif"])
    func truncated(_ name: String) throws {
        let data = try Fixture.data(name)
        // The animation's first frame, which is all that is looked at, ends before its sixth eighth.
        for part in 1...(name == "animated.gif" ? 5 : 7) {
            #expect(throws: PictureError.self, "\(part) of 8") { try decode(data.prefix(data.count * part / 8)) }
        }
    }

    @Test("Random bytes under any name and signature are errors")
    func randomBytes() throws {
        var generator = SplitMix64(state: 7)
        let signatures: [[UInt8]] = [
            [], [0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], Array("GIF89a".utf8),
            Array("RIFF\u{10}\0\0\0WEBPVP8 ".utf8), [0x49, 0x49, 0x2a, 0], [0x4d, 0x4d, 0, 0x2a],
            [0, 0, 0, 0x1c] + Array("ftypavif".utf8), Array("%PDF-1.7".utf8), Array("<svg ".utf8),
        ]
        try withTemporaryFolder { folder in
            for kind in ["jpg", "png", "gif", "webp", "tif", "heic", "avif", "svg", "pdf", "bmp", "v", "exr", "mat"] {
                for signature in signatures {
                    let bytes = signature + (0..<512).map { _ in UInt8.random(in: 0...255, using: &generator) }
                    let file = folder.appending(path: "random.\(kind)")
                    try Data(bytes).write(to: file)
                    #expect(throws: PictureError.self) { try Self.decoder.decode(.file(file)) }
                }
            }
        }
    }

    @Test("Formats that run code or read other files are refused before any decoder sees them")
    func blockedFormats() {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><image href='/etc/passwd'/></svg>"
        let documents = [
            svg, "<?xml version='1.0'?>" + svg, "%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF", "P6\n1 1\n255\nabc",
            "push graphic-context\nimage over 0,0 0,0 'label:@/etc/passwd'\npop graphic-context", "BM123456",
            "1 2\n3 4",
        ]
        for document in documents {
            #expect(throws: PictureError.unsupportedFormat("picture")) { try decode(Data(document.utf8)) }
        }
    }

    @Test("A format's name in the file name does not matter")
    func disguised() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "picture.svg")
            try Fixture.data("rgb.png").write(to: file)
            #expect(try Self.decoder.decode(.file(file)) == Self.decoder.decode(Fixture.source("rgb.png")))
        }
    }

    @Test("What is no picture file is a typed error")
    func noPicture() throws {
        try withTemporaryFolder { folder in
            #expect(throws: PictureError.notAFile(folder.path)) { try Self.decoder.decode(.file(folder)) }
            #expect(throws: PictureError.notAFile("/dev/zero")) {
                try Self.decoder.decode(.file(URL(filePath: "/dev/zero")))
            }
            let missing = folder.appending(path: "missing.jpg")
            #expect(throws: PictureError.missing(missing.path)) { try Self.decoder.decode(.file(missing)) }
            let empty = folder.appending(path: "empty.jpg")
            try Data().write(to: empty)
            #expect(throws: PictureError.empty(empty.path)) { try Self.decoder.decode(.file(empty)) }
            let loop = folder.appending(path: "loop.jpg")
            try FileManager.default.createSymbolicLink(at: loop, withDestinationURL: loop)
            #expect(throws: PictureError.self) { try Self.decoder.decode(.file(loop)) }
        }
    }

    @Test("The limit on bytes holds for files and bytes, before anything is read")
    func tooManyBytes() throws {
        let data = try Fixture.data("cat.jpg")
        let limited = PictureDecoder(
            geometry: Self.decoder.geometry, limits: PictureLimits(byteCount: data.count - 1))
        let url = try Fixture.url("cat.jpg")
        #expect(throws: PictureError.tooManyBytes(url.path, count: data.count, limit: data.count - 1)) {
            try limited.decode(.file(url))
        }
        #expect(throws: PictureError.tooManyBytes("cat", count: data.count, limit: data.count - 1)) {
            try limited.decode(.bytes(data, name: "cat"))
        }
        let exact = PictureDecoder(geometry: Self.decoder.geometry, limits: PictureLimits(byteCount: data.count))
        #expect(throws: Never.self) { try exact.decode(.file(url)) }
        try withTemporaryFolder { folder in
            let sparse = folder.appending(path: "sparse.jpg")
            try data.write(to: sparse)
            let handle = try FileHandle(forWritingTo: sparse)
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
            #expect(throws: PictureError.tooManyBytes(sparse.path, count: 1 << 40, limit: 50 << 20)) {
                try Self.decoder.decode(.file(sparse))
            }
        }
    }

    @Test("The limit on pixels is exact")
    func pixelLimit() throws {
        func decoder(_ limit: Int) -> PictureDecoder {
            PictureDecoder(geometry: Self.decoder.geometry, limits: PictureLimits(pixelCount: limit))
        }
        #expect(throws: Never.self) { try decoder(96 * 64).decode(Fixture.source("rgb.png")) }
        let name = try Fixture.url("rgb.png").path
        #expect(throws: PictureError.tooManyPixels(name, width: 96, height: 64, limit: 96 * 64 - 1)) {
            try decoder(96 * 64 - 1).decode(Fixture.source("rgb.png"))
        }
    }

    @Test(
        "Hundreds of mutations of a picture give a picture or an error, never a crash",
        arguments: ["cat.jpg", "progressive.jpg", "palette.png", "rgb.webp", "rgb.tif", "rgb.avif", "animated.gif"])
    func mutations(_ name: String) throws {
        var generator = SplitMix64(state: 11)
        let original = try Fixture.data(name)
        for round in 0..<(name == "cat.jpg" ? 300 : 60) {
            var bytes = Array(original)
            for _ in 0...(round % 8) {
                // Headers are where the damage is; half of the changes go there.
                let range = Bool.random(using: &generator) ? 0..<min(200, bytes.count) : 0..<bytes.count
                bytes[Int.random(in: range, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let mutation = Data(bytes)
            let result = Result { () throws(PictureError) in try decode(mutation) }
            if case .success(let picture) = result { #expect(picture.bytes.count == 56 * 56 * 3) }
        }
    }

    @Test("Every error names the picture and is said in one line")
    func descriptions() {
        let errors: [PictureError] = [
            .missing("a.jpg"), .notAFile("a.jpg"), .notReadable("a.jpg", reason: "denied"), .empty("a.jpg"),
            .tooManyBytes("a.jpg", count: 2, limit: 1), .tooManyPixels("a.jpg", width: 2, height: 1, limit: 1),
            .tooUnequalSides("a.jpg", width: 200, height: 1, limit: 100), .unsupportedFormat("a.jpg"),
            .tooMuchMemory("a.jpg", width: 2, height: 1, byteCount: 2, limit: 1),
            .undecodable("a.jpg", format: .jpeg, reason: "damaged"),
            .decoderUnavailable("a.jpg"),
        ]
        #expect(errors.allSatisfy { $0.description.hasPrefix("a.jpg: ") && !$0.description.contains("\n") })
    }
}
