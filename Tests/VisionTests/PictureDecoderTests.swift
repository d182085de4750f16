import Foundation
import Testing
import Vision

@Suite("Decoding pictures")
struct PictureDecoderTests {
    private static let decoder = PictureDecoder(geometry: PictureGeometry(shortestSide: 256, cropSide: 224))
    private static let red: [Int] = [220, 30, 30]
    private static let green: [Int] = [30, 200, 40]
    private static let blue: [Int] = [30, 40, 210]
    private static let yellow: [Int] = [230, 220, 40]
    private static let white: [Int] = [255, 255, 255]

    /// The colours a quarter of the way from each corner: above left, above right, below left, below right.
    private func quadrants(_ picture: RGBPicture) -> [[Int]] {
        [(1, 1), (3, 1), (1, 3), (3, 3)].map { x, y in
            let start = (picture.side * y / 4 * picture.side + picture.side * x / 4) * 3
            return picture.bytes[start..<start + 3].map(Int.init)
        }
    }

    private func areClose(_ found: [[Int]], _ expected: [[Int]], within tolerance: Int) -> Bool {
        zip(found.joined(), expected.joined()).allSatisfy { abs($0 - $1) <= tolerance }
    }

    @Test(
        "Every supported format gives the same picture",
        arguments: [
            "rgb.png", "rgb.webp", "rgb.tif", "rgb.avif", "palette.png", "animated.gif", "progressive.jpg",
        ])
    func formats(_ name: String) throws {
        let picture = try Self.decoder.decode(Fixture.source(name))
        #expect(picture.side == 224)
        let expected = [Self.red, Self.green, Self.blue, Self.yellow]
        #expect(areClose(quadrants(picture), expected, within: 6), "\(quadrants(picture))")
    }

    @Test("EXIF orientation is applied", arguments: 1...8)
    func orientation(_ orientation: Int) throws {
        let picture = try Self.decoder.decode(Fixture.source("orientation\(orientation).jpg"))
        let expected = [Self.red, Self.green, Self.blue, Self.yellow]
        #expect(areClose(quadrants(picture), expected, within: 6), "\(quadrants(picture))")
    }

    @Test("White shines through what is transparent")
    func transparency() throws {
        let picture = try Self.decoder.decode(Fixture.source("transparent.png"))
        let expected = [Self.red, Self.white, Self.blue, Self.white]
        #expect(areClose(quadrants(picture), expected, within: 2), "\(quadrants(picture))")
    }

    @Test("CMYK becomes RGB with the right hues")
    func cmyk() throws {
        let colours = quadrants(try Self.decoder.decode(Fixture.source("cmyk.jpg")))
        func strongest(_ colour: [Int]) -> Int? { colour.indices.max { colour[$0] < colour[$1] } }
        #expect(colours.prefix(3).map(strongest) == [0, 1, 2], "\(colours)")
        #expect(colours[3][2] < min(colours[3][0], colours[3][1]), "yellow lacks blue: \(colours[3])")
    }

    @Test("Grey becomes three equal colours", arguments: ["grey.jpg", "grey16.png", "bits.png", "tripod.jpg"])
    func grey(_ name: String) throws {
        let bytes = try Self.decoder.decode(Fixture.source(name)).bytes
        let pixels = stride(from: 0, to: bytes.count, by: 3).map { bytes[$0..<$0 + 3] }
        #expect(pixels.allSatisfy { Set($0).count == 1 })
        #expect(Set(bytes).count > 1)
    }

    @Test("16 bits keep their scale")
    func sixteenBits() throws {
        let picture = try Self.decoder.decode(Fixture.source("grey16.png"))
        let row = stride(from: 0, to: 224 * 3, by: 3).map { Int(picture.bytes[$0]) }
        for (x, value) in row.enumerated() {
            let expected = (Double(x) + 16.5) / 256 * 255
            #expect(abs(Double(value) - expected) < 3, "column \(x)")
        }
    }

    private struct Grids: Decodable {
        let grids: [String: [Double]]
    }

    @Test("Photographs look as Pillow sees them", arguments: ["cat", "espresso", "tripod"])
    func photographs(_ name: String) throws {
        let expected = try #require(Fixture.decode(Grids.self, "pictures.json").grids[name])
        let picture = try Self.decoder.decode(Fixture.source("\(name).jpg"))
        var means = [Double](repeating: 0, count: 8 * 8 * 3)
        for y in 0..<224 {
            for x in 0..<224 {
                for colour in 0..<3 {
                    means[(y / 28 * 8 + x / 28) * 3 + colour] += Double(picture.bytes[(y * 224 + x) * 3 + colour]) / 784
                }
            }
        }
        let differences = zip(means, expected).map { abs($0 - $1) }
        #expect(differences.reduce(0, +) / Double(differences.count) < 1)
        #expect(differences.allSatisfy { $0 < 6 })
    }

    @Test("Bytes and file give the same picture")
    func bytes() throws {
        let fromBytes = try Self.decoder.decode(.bytes(Fixture.data("cat.jpg"), name: "cat"))
        #expect(try fromBytes == Self.decoder.decode(Fixture.source("cat.jpg")))
    }

    @Test("Results keep their order, and a bad picture spoils no other")
    func batch() throws {
        let names = ["rgb.png", "missing", "cat.jpg", "make_pictures.py", "grey.jpg", "rgb.png"]
        let folder = try Fixture.url("rgb.png").deletingLastPathComponent()
        let results = Self.decoder.decode(names.map { .file(folder.appending(path: $0)) })
        #expect(results.map { (try? $0.get()) != nil } == [true, false, true, false, true, true])
        #expect(throws: PictureError.missing(folder.appending(path: "missing").path)) { try results[1].get() }
        #expect(throws: PictureError.unsupportedFormat(folder.appending(path: "make_pictures.py").path)) {
            try results[3].get()
        }
        #expect(try results[0].get() == results[5].get())
        #expect(try results[2].get() == Self.decoder.decode(Fixture.source("cat.jpg")))
    }

    @Test("The crop is the centre of the scaled picture")
    func crop() throws {
        let whole = try PictureDecoder(geometry: PictureGeometry(shortestSide: 64, cropSide: 64))
            .decode(Fixture.source("cat.jpg"))
        let centre = try PictureDecoder(geometry: PictureGeometry(shortestSide: 64, cropSide: 32))
            .decode(Fixture.source("cat.jpg"))
        for y in 0..<32 {
            let row = ((y + 16) * 64 + 16) * 3
            #expect(Array(centre.bytes[y * 96..<(y + 1) * 96]) == Array(whole.bytes[row..<row + 96]))
        }
    }
}
