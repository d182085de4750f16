import Foundation
import Language
import TestSupport
import Testing
import Torch

/// What a tagger's folder must hold, and what is said when it does not.
struct TaggerFolderTests {
    /// A copy of the tagger's folder that a test may spoil.
    private func withCopy(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tagger-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: ModelCache.tagger, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func edit(_ file: URL, _ change: (inout Data) -> Void) throws {
        var data = try Data(contentsOf: file)
        change(&data)
        try data.write(to: file)
    }

    private func replace(_ old: String, with new: String, in data: inout Data) {
        data = Data(String(decoding: data, as: UTF8.self).replacing(old, with: new).utf8)
    }

    @Test func aMissingFolderIsNamed() throws {
        let folder = URL(filePath: "/nowhere/tagger")
        #expect(throws: TaggerError.unreadable(file: "/nowhere/tagger/tagger.json")) {
            try PartOfSpeechTagger(folder: folder)
        }
    }

    @Test(arguments: [
        ("\"depth\": 4", "\"depth\": 0"), ("\"rows\": 5000", "\"rows\": 0"), ("\"seed\": 8", "\"seed\": -8"),
        ("\"NORM\"", "\"NROM\""), ("\"width\": 96", "\"width\": 4000000000"), ("{", ""),
    ])
    func aBrokenConfigurationIsRefused(old: String, new: String) throws {
        try withCopy { folder in
            try edit(folder.appending(path: "tagger.json")) { replace(old, with: new, in: &$0) }
            #expect(throws: TaggerError.self) { try PartOfSpeechTagger(folder: folder) }
        }
    }

    @Test func weightsOfAnotherShapeAreRefused() throws {
        try withCopy { folder in
            try edit(folder.appending(path: "tagger.json")) {
                replace("\"rows\": 5000", with: "\"rows\": 4999", in: &$0)
            }
            #expect(throws: WeightMismatch.self) { try PartOfSpeechTagger(folder: folder) }
        }
    }

    @Test func truncatedWeightsAreRefused() throws {
        try withCopy { folder in
            try edit(folder.appending(path: "tagger.safetensors")) { $0.removeLast(1000) }
            #expect(throws: WeightsError.self) { try PartOfSpeechTagger(folder: folder) }
        }
    }
}
