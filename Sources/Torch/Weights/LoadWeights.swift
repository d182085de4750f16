import Foundation
import Support

/// Reads the tensors of a file of weights by name, on the CPU.
///
/// The bytes decide the kind of file, never the name: safetensors; what `torch.save` wrote, as an archive or
/// in the format before PyTorch 1.6; or the JSON index of weights in several such files (`….index.json`). The tensors
/// are views of the mapped file where its alignment allows, and keep it in memory; writing to one does not change the
/// file. Of a checkpoint that keeps its weights behind "state_dict", "model_state_dict" or "model", only they are
/// taken, and nested dictionaries and lists become dotted names. Nothing in a file is ever executed.
/// - Throws: `WeightsError`, and `TorchError` where the engine cannot make a tensor.
public func loadWeights(at url: URL) throws -> [String: Tensor] {
    let file = try MappedFile(at: url)
    if ShardIndex.isBeginning(of: file.bytes) {
        return try ShardIndex(file).tensors(beside: url)
    }
    return try tensors(of: file)
}

/// The files in which `transformers` keeps a model's weights, whole or as the index of several, best first.
package let publishedWeightNames = ["model.safetensors", "pytorch_model.bin"].flatMap { [$0, "\($0).index.json"] }

/// The tensors of a single file.
func tensors(of file: MappedFile) throws -> [String: Tensor] {
    if SafetensorsFile.isBeginning(of: file.bytes) { return try SafetensorsFile(file).tensors() }
    if ZipArchive.isBeginning(of: file.bytes) { return try TorchCheckpoint.tensors(inArchive: file) }
    if TorchCheckpoint.isLegacyBeginning(of: file.bytes) { return try TorchCheckpoint.tensors(inLegacy: file) }
    let beginning = String(decoding: file.bytes.prefix(24), as: UTF8.self)
    throw WeightsError.unknownFormat(file: file.path, beginning: beginning.quoted)
}
