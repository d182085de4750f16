import Dispatch
import Foundation
import Synchronization
import Testing
import Torch
import Vision

@Suite("Features of a frozen encoder")
struct FeatureCacheTests {
    private static let damagedHeader = "its header is damaged or cut short"
    private static let names = ["cat.jpg", "espresso.jpg", "tripod.jpg", "rgb.png"]

    private func sources(_ names: [String] = names) throws -> [PictureSource] {
        try names.map { try Fixture.source($0) }
    }

    private func encoder() -> any ImageEncoder {
        Random.seed(5)
        return ResNet(.layers18)
    }

    /// The cache's files.
    private func entries(of frozen: FrozenImageEncoder) throws -> [URL] {
        let cache = try #require(frozen.cache)
        return try Self.names.map { cache.file(for: ContentHash(of: try Fixture.data($0))) }
    }

    private func areEqual(_ a: EncodedPictures, _ b: EncodedPictures) throws -> Bool {
        let (a, b) = (try #require(a.features), try #require(b.features))
        return a.regions.floats() == b.regions.floats() && a.pooled.floats() == b.pooled.floats()
    }

    @Test("What comes from the cache is what was computed, to the bit")
    func roundTrip() throws {
        try withTemporaryFolder { folder in
            let encoder = encoder()
            let first = FrozenImageEncoder(encoder, cacheRoot: folder)
            let computed = try first.encode(sources())
            #expect(computed.cachedCount == 0 && computed.cacheFailure == nil)
            #expect(try entries(of: first).allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
            for frozen in [first, FrozenImageEncoder(encoder, cacheRoot: folder)] {
                let cached = try frozen.encode(sources())
                #expect(cached.cachedCount == 4)
                #expect(try areEqual(cached, computed))
            }
            let uncached = try FrozenImageEncoder(encoder).encode(sources())
            #expect(uncached.cachedCount == 0)
            #expect(try areEqual(uncached, computed))
        }
    }

    @Test("Features are the encoder's, rounded to 16 bits, in training as in use", arguments: [false, true])
    func rounding(training: Bool) throws {
        let encoder = encoder()
        let frozen = FrozenImageEncoder(encoder)
        let features = try withTrainingMode(training) {
            defer { #expect(encoder.isTraining == training) }
            return try frozen.encode(sources()).features
        }
        let encoded = try #require(features)
        let decoder = PictureDecoder(geometry: encoder.preprocessing.geometry)
        let pictures = try sources().map { try decoder.decode($0) }
        let exact = withoutGradients { encoder(pictures) }
        #expect(encoded.regions.shape == [4, 49, 512] && encoded.pooled.shape == [4, 512])
        for (rounded, exact) in [(encoded.regions, exact.regions), (encoded.pooled, exact.pooled)] {
            let isClose = zip(rounded.floats(), exact.floats()).allSatisfy { rounded, exact in
                abs(rounded - exact) <= abs(exact) * 0x1p-10 + 1e-5
            }
            #expect(isClose)
        }
        #expect(!encoded.pooled.requiresGradient)
    }

    @Test("A bad picture is reported and left out")
    func badPictures() throws {
        try withTemporaryFolder { folder in
            let frozen = FrozenImageEncoder(encoder(), cacheRoot: folder)
            let missing = PictureSource.file(folder.appending(path: "missing.jpg"))
            let broken = PictureSource.bytes(Data([0xff, 0xd8, 0xff, 0]), name: "broken")
            let mixed = [missing] + (try sources(["cat.jpg"])) + [broken] + (try sources(["rgb.png"]))
            for expectedCount in [0, 2] {
                let encoded = frozen.encode(mixed)
                #expect(encoded.errors[0] == .missing(missing.name))
                #expect(encoded.errors[2] == .undecodable("broken", format: .jpeg, reason: Self.damagedHeader))
                #expect(encoded.errors[1] == nil && encoded.errors[3] == nil)
                #expect(encoded.cachedCount == expectedCount)
                #expect(encoded.features?.regions.shape == [2, 49, 512])
                let alone = try frozen.encode(sources(["cat.jpg", "rgb.png"]))
                #expect(try areEqual(encoded, alone))
            }
            #expect(frozen.encode([missing, broken]).features == nil)
            #expect(frozen.encode([]).features == nil)
        }
    }

    @Test("Damaged entries are found out and written anew")
    func damage() throws {
        try withTemporaryFolder { folder in
            let frozen = FrozenImageEncoder(encoder(), cacheRoot: folder)
            let computed = try frozen.encode(sources())
            let files = try entries(of: frozen)
            try Data().write(to: files[0])
            var bytes = try Data(contentsOf: files[1])
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: files[1])
            try bytes.prefix(1000).write(to: files[2])
            let repaired = try frozen.encode(sources())
            #expect(repaired.cachedCount == 1)
            let folder = try #require(frozen.cache?.folder.path)
            #expect(
                repaired.cacheFailure
                    == "3 entries of the feature cache \(folder) were damaged; they are made anew")
            #expect(try areEqual(repaired, computed))
            let again = try frozen.encode(sources())
            #expect(again.cachedCount == 4 && again.cacheFailure == nil)
        }
    }

    @Test("What a stranger puts in an entry's place is neither believed nor waited for", arguments: Poison.allCases)
    func poison(_ poison: Poison) throws {
        try withTemporaryFolder { folder in
            let frozen = FrozenImageEncoder(encoder(), cacheRoot: folder)
            let computed = try frozen.encode(sources())
            let file = try entries(of: frozen)[0]
            try poison.replace(file)
            let repaired = try frozen.encode(sources())
            #expect(repaired.cachedCount == 3)
            #expect(try areEqual(repaired, computed))
            #expect(repaired.cacheFailure != nil)
            #expect(repaired.cacheFailure?.contains("NSCocoa") == false)
            #expect(try frozen.encode(sources()).cachedCount == (poison == .folder ? 3 : 4))
        }
    }

    enum Poison: CaseIterable {
        case hugeCounts, noCounts, longer, headerAlone, folder, pipe, loop

        func replace(_ file: URL) throws {
            var bytes = try Data(contentsOf: file)
            try FileManager.default.removeItem(at: file)
            switch self {
            case .hugeCounts: bytes.replaceSubrange(8..<16, with: repeatElement(0xff, count: 8))
            case .noCounts: bytes.replaceSubrange(8..<16, with: repeatElement(0, count: 8))
            case .longer: bytes.append(0)
            case .headerAlone: bytes = bytes.prefix(32)
            case .folder: return try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            case .pipe:
                #expect(mkfifo(file.path, 0o600) == 0)
                return
            case .loop: return try FileManager.default.createSymbolicLink(at: file, withDestinationURL: file)
            }
            try bytes.write(to: file)
        }
    }

    @Test("Other weights, another architecture or a changed picture find nothing")
    func identity() throws {
        try withTemporaryFolder { folder in
            let encoder = encoder()
            let frozen = FrozenImageEncoder(encoder, cacheRoot: folder)
            let file = folder.appending(path: "picture.jpg")
            try Fixture.data("cat.jpg").write(to: file)
            let before = frozen.encode([.file(file)])
            try Fixture.data("espresso.jpg").write(to: file)
            let after = frozen.encode([.file(file)])
            #expect(after.cachedCount == 0)
            #expect(try !areEqual(before, after))

            encoder.parameters()[3].tensor.fill(0.5)
            for network in [encoder, ResNet(.layers34)] {
                let other = FrozenImageEncoder(network, cacheRoot: folder)
                #expect(other.cache?.folder != frozen.cache?.folder)
                #expect(other.encode([.file(file)]).cachedCount == 0)
            }
        }
    }

    @Test("Where nothing can be written, features are had all the same, and the failure is told")
    func unwritable() throws {
        try withTemporaryFolder { folder in
            let root = folder.appending(path: "file")
            try Data().write(to: root)
            let encoded = try FrozenImageEncoder(encoder(), cacheRoot: root).encode(sources())
            #expect(encoded.features?.pooled.shape == [4, 512])
            #expect(encoded.cacheFailure?.contains(root.path) == true)
        }
    }

    @Test("Encoders that share a cache at the same time agree")
    func sharing() throws {
        try withTemporaryFolder { folder in
            let sources = try sources()
            let encoders = (0..<4).map { _ in FrozenImageEncoder(encoder(), cacheRoot: folder) }
            let results = Mutex<[EncodedPictures]>([])
            DispatchQueue.concurrentPerform(iterations: encoders.count) { index in
                let encoded = encoders[index].encode(sources)
                results.withLock { $0.append(encoded) }
            }
            let encoded = results.withLock { $0 }
            #expect(encoded.count == 4)
            for other in encoded { #expect(try areEqual(other, encoded[0])) }
        }
    }
}
