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

    @Test(arguments: [
        ("\"depth\": 4", "\"depth\": 1000000000", "field depth: is 1000000000; it must be a whole number from 1 to"),
        ("\"width\": 96", "\"width\": 1e30", "field width: must be a whole number from 1 to 10000"),
        ("\"rows\": 5000", "\"rows\": -1", "field embeddings[0].rows: is -1; it must be a whole number"),
        ("\"seed\": 8", "\"seed\": -8", "field embeddings[0].seed: is -8; it must be a whole number from 0 to"),
        ("\"NORM\"", "\"NROM\"", "field embeddings[0].attribute: is \"NROM\"; it must be NORM, PREFIX, SUFFIX"),
        ("\"pieces\": 3", "\"pieces\": true", "field pieces: expected a whole number"),
    ])
    func aFieldOutOfRangeIsNamedWithItsRange(old: String, new: String, words: String) throws {
        try withCopy { folder in
            try edit(folder.appending(path: "tagger.json")) { replace(old, with: new, in: &$0) }
            let error = #expect(throws: TaggerError.self) { try PartOfSpeechTagger(folder: folder) }
            let message = error?.description ?? ""
            #expect(message.contains("tagger.json") && message.contains(words), "\(message)")
            #expect(message.foreignWords.isEmpty, "\(message)")
        }
    }

    @Test func aTaggerThatOnlyClaimsItsSizeCostsNoMemory() throws {
        try withCopy { folder in
            try edit(folder.appending(path: "tagger.json")) {
                replace("\"width\": 96", with: "\"width\": 10000", in: &$0)
                replace("\"rows\": 5000", with: "\"rows\": 1000000", in: &$0)
            }
            let error = #expect(throws: WeightMismatch.self) { try PartOfSpeechTagger(folder: folder) }
            #expect(error?.description.contains("tagger.safetensors: the weights do not fit") == true)
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
