import CTorch
import Foundation
import Support

/// Writes tensors to a safetensors file, which appears whole or not at all.
///
/// The header is sorted as the format's own library sorts it (widest type first, then by name) and padded, so that
/// every tensor is aligned and the same tensors give the same bytes. One tensor at a time is brought to the CPU and
/// written.
/// - Parameter metadata: texts to keep beside the tensors, such as `["format": "pt"]`.
/// - Throws: `WeightsError` where a name is reserved or the file cannot be written, `TorchError` where a tensor cannot
///   be brought to the CPU.
public func saveSafetensors(_ tensors: [String: Tensor], metadata: [String: String] = [:], to url: URL) throws {
    guard tensors["__metadata__"] == nil else {
        throw WeightsError.unstorable(file: url.path, reason: "\"__metadata__\" is not a name for a tensor")
    }
    let ordered = tensors.sorted { first, second in
        let ranks = (first.value.dtype.safetensors.rank, second.value.dtype.safetensors.rank)
        return ranks.0 == ranks.1 ? first.key.utf8.lexicographicallyPrecedes(second.key.utf8) : ranks.0 < ranks.1
    }
    let header = safetensorsHeader(of: ordered, metadata: metadata)
    guard header.count <= SafetensorsFile.maximumHeaderCount else {
        throw WeightsError.unstorable(
            file: url.path, reason: "the names and metadata take \(header.count) bytes, more than the format allows")
    }
    do {
        let file = try AtomicFile(replacing: url)
        try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try file.append($0) }
        try header.withUnsafeBytes { try file.append($0) }
        for (_, tensor) in ordered {
            let rowMajor = try withTorchErrors { tensor.to(.cpu).contiguous() }
            try withExtendedLifetime(rowMajor) {
                let start = ct_contiguous_data(rowMajor.handle)
                let count = start == nil ? 0 : rowMajor.count * rowMajor.dtype.byteCount
                try file.append(UnsafeRawBufferPointer(start: start, count: count))
            }
        }
        try file.commit()
    } catch let error as FileError {
        throw WeightsError(error, file: url.path)
    }
}

/// The JSON that describes `tensors` in this order, padded with spaces to a multiple of 8 bytes.
private func safetensorsHeader(of tensors: [(key: String, value: Tensor)], metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
        let texts = metadata.sorted { $0.key < $1.key }.map { "\($0.key.quotedJSON):\($0.value.quotedJSON)" }
        members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in tensors {
        let end = offset + tensor.count * tensor.dtype.byteCount
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        members.append(
            "\(name.quotedJSON):{\"dtype\":\"\(tensor.dtype.safetensors.name)\",\"shape\":[\(shape)],"
                + "\"data_offsets\":[\(offset),\(end)]}")
        offset = end
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    return header
}

extension String {
    /// The text as a JSON string, with the escapes that JSON demands and no others.
    fileprivate var quotedJSON: String {
        let escaped = unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\u{08}": "\\b"
            case "\u{0C}": "\\f"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case "\0"..<" ": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
