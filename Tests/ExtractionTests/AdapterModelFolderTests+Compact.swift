import Extraction
import Foundation
import TestSupport
import Testing
import Torch

/// Compact folders of such models.
extension AdapterModelFolderTests {
    private var compact: URL { scratch["compact"] }

    /// Changes one byte of a file, not its length.
    private func damage(_ file: URL) throws {
        var data = try Data(contentsOf: file)
        data[data.count - 1] ^= 1
        try data.write(to: file)
    }

    @Test func aCompactFolderPredictsAsItsRoundedWeightsDoAndNamesWhatIsFetched() throws {
        let full = try extractor(encoder: "minilm-l6-v2")
        withoutGradients {
            for (_, tensor) in full.model.learntState() {
                tensor.copy(from: tensor.to(.float16).to(.float32))
            }
        }
        try save(full, from: ModelCache.miniLM)
        try Extractor.exportCompact(modelFolder: folder, into: compact)
        let names = try FileManager.default.contentsOfDirectory(atPath: compact.path)
        #expect(Set(names) == ["config.json", "heads.safetensors", "text", "README.md"])
        let loaded = try Extractor(modelFolder: compact)
        #expect(loaded.configuration.format == "shapca-compact-1")
        #expect(loaded.configuration.encoders == full.configuration.encoders)
        #expect(loaded.configuration.compact?.tagger?.name == "en-core-web-sm")
        #expect(loaded.model.state().allSatisfy { !$0.tensor.dtype.isFloatingPoint || $0.tensor.dtype == .float32 })
        let expected = try Extractor(modelFolder: folder).extract(Self.posts)
        let found = try loaded.extract(Self.posts)
        #expect(expected.contains { !$0.entities.isEmpty })
        expectSame(found, expected, 1e-6)
        let exact = try loadWeights(at: folder.appending(path: "heads.safetensors"))
        for (path, half) in try loadWeights(at: compact.appending(path: "heads.safetensors")) {
            let values = try #require(exact[path]).floats()
            #expect(half.dtype == .float16 && half.floats() == values, "\(path)")
        }
    }

    @Test func aChangedFileOfACompactFolderIsNamed() throws {
        try save(extractor(encoder: "minilm-l6-v2"), from: ModelCache.miniLM)
        try Extractor.exportCompact(modelFolder: folder, into: compact)
        for name in ["heads.safetensors", "text/adapter_model.safetensors", "text/adapter_config.json"] {
            let file = compact.appending(path: name)
            try damage(file)
            let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: compact) }
            #expect(error == .changedFile(path: file.path))
            try damage(file)
        }
        _ = try Extractor(modelFolder: compact)
        for (part, role) in [("tagger", "tagger"), ("tokenizer", "tokenizer")] {
            let file = compact.appending(path: "config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            let parts = try #require(Extractor(modelFolder: compact).configuration.compact)
            let files = try #require(part == "tagger" ? parts.tagger : parts.tokenizer).files
            let digest = try #require(files.values.min())
            let other = String(digest.reversed())
            try text.replacingOccurrences(of: digest, with: other).write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: ModelFolderError.self) { try Extractor(modelFolder: compact) }
            #expect(error?.description.contains("needs another \(role) than that of") == true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    @Test func whatIsNotFetchedIsCopiedAndTheProjectionIsLeftOut() throws {
        let full = try extractor(pictures: true, Self.options("query", "q_proj"))
        #expect(full.model.imageProjection != nil)
        try save(full)
        try Extractor.exportCompact(modelFolder: folder, into: compact)
        let names = try FileManager.default.contentsOfDirectory(atPath: compact.path)
        #expect(names.contains("vocab.txt") && names.contains("picture") && !names.contains("tagger"))
        let loaded = try Extractor(modelFolder: compact)
        #expect(loaded.model.imageProjection == nil && loaded.model.projectionHeads == nil)
        expectSame(
            try loaded.extract(Self.posts), try Extractor(modelFolder: folder).extract(Self.posts), 1e-2)
    }

    @Test func exportingHasItsLimits() throws {
        try save(extractor())
        let occupied = #expect(throws: ModelFolderError.self) {
            try Extractor.exportCompact(modelFolder: folder, into: encoder)
        }
        #expect(occupied == .occupied(encoder.path))
        try Extractor.exportCompact(modelFolder: folder, into: compact)
        let again = #expect(throws: ModelFolderError.self) {
            try Extractor.exportCompact(modelFolder: compact, into: scratch["more"])
        }
        #expect(again == .compact(compact.path))
        let merged = #expect(throws: ModelFolderError.self) {
            try Extractor.mergeAdapters(ofModelFolder: compact, into: scratch["more"])
        }
        #expect(merged == .compact(compact.path))
        try Extractor.mergeAdapters(ofModelFolder: folder, into: scratch["whole"])
        let whole = #expect(throws: ModelFolderError.self) {
            try Extractor.exportCompact(modelFolder: scratch["whole"], into: scratch["more"])
        }
        #expect(whole == .holdsEncoders(scratch["whole"].path))
    }

    @Test func aWeightThatHalfFloatsDoNotHoldIsNamed() throws {
        let full = try extractor()
        (full.model.head as? EntityTagger)?.classifier.output.bias?.fill(70_000)
        try save(full)
        let error = #expect(throws: ModelFolderError.self) {
            try Extractor.exportCompact(modelFolder: folder, into: compact)
        }
        #expect(error?.description.contains("head.classifier.output.bias has numbers beyond 65504") == true)
    }
}
