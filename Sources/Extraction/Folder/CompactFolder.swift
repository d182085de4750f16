import Foundation
import Support
import Torch

/// A compact folder: a model of adapters with what prediction reads of it.
///
/// Heads and adapters are in 16-bit floats of the IEEE, which keep 11 binary digits where bfloat16 keeps 8; the range that they lack
/// no weight of a trained head or adapter needs, and one that does is refused. Tokenizer and tagger are named where they are
/// those that set-up fetches. What only the alignment reads is left out.
struct CompactFolder {
    private let folder: URL

    init(_ folder: URL) { self.folder = folder }

    /// Checks that the files are those that were written.
    /// - Throws: ``ModelFolderError/changedFile(path:)``.
    func check(_ parts: CompactParts) throws {
        for (name, digest) in parts.files.sorted(by: { $0.key < $1.key }) {
            let file = folder.appending(path: name)
            guard fileDigest(file) == digest else { throw ModelFolderError.changedFile(path: file.path) }
        }
    }

    /// Writes the files of weights of a model of adapters, in 16 bits.
    /// - Parameters:
    ///   - source: the folder of the model.
    ///   - isRead: whether prediction reads a head's tensor.
    /// - Returns: the SHA-256 of the files by their paths.
    /// - Throws: ``ModelFolderError``, `WeightsError`, and the errors of the file system.
    func write(from source: URL, _ encoders: EncoderReferences, isRead: (String) -> Bool) throws -> [String: String] {
        var names = [AdapterFolder.headsName]
        try halve(names[0], from: source, isRead: isRead)
        for part in encoders.adaptsPicture ? ["text", "picture"] : ["text"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: part), withIntermediateDirectories: true)
            let (weights, options) = ("\(part)/adapter_model.safetensors", "\(part)/adapter_config.json")
            try halve(weights, from: source) { _ in true }
            try AtomicFile.write(
                Data(contentsOf: source.appending(path: options)), to: folder.appending(path: options))
            names += [weights, options]
        }
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                fileDigest(folder.appending(path: name)).map { (name, $0) }
            })
    }

    private func halve(_ name: String, from source: URL, isRead: (String) -> Bool) throws {
        let url = source.appending(path: name)
        let file = try SafetensorsFile(at: url)
        var halves: [String: Tensor] = [:]
        for (path, tensor) in try file.tensors() where isRead(path) {
            let half = try withTorchErrors { tensor.to(.float16) }
            guard half.floats().allSatisfy(\.isFinite) else {
                throw ModelFolderError.beyondHalf(path: url.path, tensor: path)
            }
            halves[path] = half
        }
        try saveSafetensors(halves, metadata: file.metadata, to: folder.appending(path: name))
    }
}

extension Extractor {
    /// Writes a model of adapters as a compact folder: what prediction reads, in 16-bit floats.
    /// - Parameter output: a folder that is new or empty.
    /// - Throws: ``ModelFolderError``, the errors of the folder's parts, and those of the file system.
    public static func exportCompact(modelFolder folder: URL, into output: URL) throws {
        let full = try Extractor(modelFolder: folder)
        var configuration = full.configuration
        guard configuration.compact == nil else { throw ModelFolderError.compact(folder.path) }
        guard let encoders = configuration.encoders else { throw ModelFolderError.holdsEncoders(folder.path) }
        try ModelFolder.requireFree(output)
        let tagger = folder.appending(path: ModelFolder.tagger)
        let taggerFiles = (try? FileManager.default.contentsOfDirectory(atPath: tagger.path)) ?? []
        var parts = CompactParts(
            tokenizer: NamedFiles(fetched: encoders.text.name, holding: full.tokenizer.fileNames, of: folder),
            tagger: NamedFiles(fetched: FetchedModels.taggerName, holding: taggerFiles, of: tagger), files: [:])
        configuration.alignment.method = .none
        let readsProjection = configuration.alignment.shared
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        parts.files = try CompactFolder(output).write(from: folder, encoders) { path in
            !path.hasPrefix("projectionHeads.") && (readsProjection || !path.hasPrefix("imageProjection."))
        }
        configuration.compact = parts
        // The configuration makes a model of the folder, and is the last that it needs.
        let card = (try? String(contentsOf: folder.appending(path: ModelFolder.card), encoding: .utf8)) ?? ""
        try full.saveFolder(
            output, configuration, textFolder: parts.tokenizer == nil ? folder : nil,
            taggerFolder: taggerFiles.isEmpty || parts.tagger != nil ? nil : tagger, card: card)
    }
}
