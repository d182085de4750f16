import Extraction
import Foundation
import TestSupport
import Testing

@Suite("The digests of fetched files")
struct FetchedManifestTests {
    private let folder: TemporaryFolder
    private let digest = String(repeating: "ab", count: 32)

    init() throws { folder = try TemporaryFolder() }

    private var file: URL { folder["weights.safetensors"] }

    /// Writes the manifest with a time.
    private func write(_ lines: String..., seconds: Double) throws {
        let manifest = try folder.write((["recipe"] + lines).joined(separator: "\n") + "\n", to: ".manifest")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: seconds)], ofItemAtPath: manifest.path)
    }

    @Test("A file that nobody touched since has the digest that set-up checked, and is not read")
    func untouched() throws {
        try folder.write("12345", to: "weights.safetensors")
        try write("\(String(repeating: "0", count: 64)) 3 config.json", "\(digest) 5 weights.safetensors", seconds: 60)
        #expect(FetchedManifest.digest(of: file) == digest)
    }

    @Test("A file that was touched since, of another size, or that set-up did not fetch is looked at")
    func touched() throws {
        try folder.write("12345", to: "weights.safetensors")
        try write("\(digest) 5 weights.safetensors", seconds: -60)
        #expect(FetchedManifest.digest(of: file) == nil, "written after the manifest")
        // A time that the writer sets back does not hide it.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: file.path)
        #expect(FetchedManifest.digest(of: file) == nil)
        try write("\(digest) 6 weights.safetensors", seconds: 60)
        #expect(FetchedManifest.digest(of: file) == nil, "of another size")
        try write("\(digest) 5 others.safetensors", "damaged", seconds: 60)
        #expect(FetchedManifest.digest(of: file) == nil)
        try FileManager.default.removeItem(at: folder[".manifest"])
        #expect(FetchedManifest.digest(of: file) == nil)
    }
}
