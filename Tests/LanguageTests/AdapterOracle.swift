import Foundation
import Language
import TestSupport
import Testing
import Torch

/// What PEFT computes with adapters of low rank, and the folders that it saved; `Fixtures/make_adapter_fixtures.py` asked it.
struct AdapterOracle: Decodable {
    let cases: [String: TextEncoderOracle.Case]

    static func load() throws -> AdapterOracle { try TokenizerOracle.fixture("adapters.json") }

    /// The folder that PEFT saved.
    static func folder(_ name: String) -> URL {
        Bundle.module.bundleURL.appending(path: "Fixtures/adapters/\(name)")
    }

    /// A copy of that folder whose `adapter_config.json` is changed.
    static func copy(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for file in ["adapter_config.json", "adapter_model.safetensors"] {
            try copy.write(Data(contentsOf: folder(name).appending(path: file)), to: file)
        }
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: copy["adapter_config.json"]))
        var configuration = try #require(json as? [String: Any])
        change(&configuration)
        try copy.write(JSONSerialization.data(withJSONObject: configuration), to: "adapter_config.json")
        return copy
    }
}

extension TextEncoder {
    /// A and B of all adapters, by the names that they have in PEFT's files for a network without a head.
    var adapterMatrices: [String: Tensor] {
        let matrices = parameters().compactMap { path, tensor -> (String, Tensor)? in
            for (own, published) in [(".adapter.down", "lora_A.weight"), (".adapter.up", "lora_B.weight")] {
                guard path.hasSuffix(own) else { continue }
                return ("\(keyMap.key(for: String(path.dropLast(own.count)))).\(published)", tensor)
            }
            return nil
        }
        return Dictionary(uniqueKeysWithValues: matrices)
    }
}
