import Foundation
import Torch

extension FuzzTarget {
    /// The readers of weights.
    static let weightTargets = [safetensors, pickle, checkpoint, zip, shards]

    private static let headerWords =
        jsonWords + [
            "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"BF16\"", "\"I64\"", "\"BOOL\"",
            "\"__metadata__\"",
            "[0,4]", "[4,0]", "[0,0]",
        ]

    /// A header and a body with the length before them.
    static func safetensorsBytes(_ header: String, _ body: [UInt8]) -> [UInt8] {
        PickleWriter.little(UInt64(header.utf8.count)) + Array(header.utf8) + body
    }

    /// Writes the length of the header that is there before it.
    static let repairLength: @Sendable (inout [UInt8]) -> Void = { bytes in
        guard bytes.count > 9, bytes[8] == UInt8(ascii: "{") else { return }
        var (depth, end) = (0, 8)
        while end < bytes.count {
            if bytes[end] == UInt8(ascii: "{") { depth += 1 }
            if bytes[end] == UInt8(ascii: "}") { depth -= 1 }
            end += 1
            if depth == 0 { break }
        }
        while end < bytes.count, bytes[end] == 0x20 { end += 1 }
        bytes.replaceSubrange(0..<8, with: PickleWriter.little(UInt64(end - 8)))
    }

    private static let safetensors = FuzzTarget(
        name: "safetensors", about: "safetensors files",
        seeds: {
            [
                safetensorsBytes(
                    #"{"__metadata__":{"format":"pt","é":"\u00e9\n"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b.c":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}  "#,
                    PickleWriter.floats(6)),
                safetensorsBytes(
                    #"{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"y":{"dtype":"BF16","shape":[1,0],"data_offsets":[3,3]},"z":{"dtype":"F16","shape":[2],"data_offsets":[3,7]}}"#,
                    [1, 2, 3, 4, 5, 6, 7]),
            ]
        }, dictionary: headerWords, repair: repairLength,
        attempt: { input, folder in try load(folder.write(input, to: "weights.bin")) })

    private static let pickleWords = [
        "ctorch._utils\n_rebuild_tensor_v2\n", "ccollections\nOrderedDict\n", "ctorch\nFloatStorage\n",
        "ctorch\nLongStorage\n",
        "cos\nsystem\n", "ccodecs\nencode\n", "c_codecs\nencode\n", "(", ")", "t", "R", "Q", "u", "e", "}", "]", "2",
        "0", "1",
        "q\u{0}", "h\u{0}", "b", "N", "I01\n", "L7L\n", "K\u{1}", "state_dict", "model", "storage",
    ]

    private static let pickle = FuzzTarget(
        name: "pickle", about: "checkpoints of PyTorch before 1.6, pickles in a row",
        seeds: {
            let nested = PickleWriter.program(PickleWriter.dictionary([("state_dict", PickleWriter.stateDictionary)]))
            var other = PickleWriter.legacy
            if let place = other.firstRange(of: PickleWriter.program(PickleWriter.stateDictionary)) {
                other.replaceSubrange(place, with: nested)
            }
            return [PickleWriter.legacy, other]
        }, dictionary: pickleWords,
        attempt: { input, folder in try load(folder.write(input, to: "weights.bin")) })

    private static let checkpoint = FuzzTarget(
        name: "checkpoint", about: "checkpoints of PyTorch since 1.6, their files changed before they are packed",
        seeds: { [PickleWriter.archive.bytes] }, dictionary: pickleWords,
        attempt: { input, folder in
            try load(folder.write(PickleWriter.zip(FileBundle(input)), to: "weights.bin"))
        })

    private static let zip = FuzzTarget(
        name: "zip", about: "checkpoints of PyTorch since 1.6, changed after they are packed",
        seeds: { [PickleWriter.zip(PickleWriter.archive)] },
        dictionary: [
            "PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "archive/data.pkl", "/",
        ],
        attempt: { input, folder in try load(folder.write(input, to: "weights.bin")) })

    private static let shards = FuzzTarget(
        name: "shards", about: "indices of weights in several files",
        seeds: {
            let index = #"{"metadata": {"total_size": 8}, "weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}"#
            let shard = { (name: String) in
                safetensorsBytes(
                    "{\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", PickleWriter.floats(1))
            }
            return [
                FileBundle([
                    ("model.safetensors.index.json", Array(index.utf8)), ("1.safetensors", shard("a")),
                    ("2.safetensors", shard("b")),
                ]).bytes
            ]
        },
        dictionary: headerWords + ["\"weight_map\"", "\"1.safetensors\"", "\"../1.safetensors\"", "\".\"", "\"\""],
        attempt: { input, folder in
            let names = ["model.safetensors.index.json", "1.safetensors", "2.safetensors"]
            try folder.write(FileBundle(input), names: names)
            try load(folder[names[0]])
        })

    /// Loads weights and looks at the numbers of all that are small.
    private static func load(_ file: URL) throws {
        let tensors = try loadWeights(at: file)
        for (_, tensor) in tensors where tensor.count < 100_000 {
            let numbers = try withTorchErrors { tensor.doubles() }
            guard numbers.count == tensor.count, tensor.shape.reduce(1, *) == tensor.count else {
                throw Fault("a tensor of shape \(tensor.shape) has \(numbers.count) numbers")
            }
        }
    }
}
