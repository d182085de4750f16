import TestSupport
import Testing

@Suite struct DeterministicWeightsTests {
    /// Digests of the float32 bytes, as `deterministic_weights.py` prints them.
    @Test(arguments: [
        ("encoder.layer.0.attention.self.query.weight", [4, 3], 0x0268_34a4_3366_11a5 as UInt64),
        ("bn1.weight", [3], 0xd191_c94f_5d5a_9522),
        ("bn1.bias", [3], 0xb353_53aa_3bbc_d9af),
        ("bn1.running_mean", [3], 0xa4f8_a54a_d863_4fef),
        ("bn1.running_var", [3], 0x4052_3654_4cd5_8f4b),
        ("conv1.weight", [2, 3, 7, 7], 0x9180_3fd7_201d_a5f6),
        ("logit_scale", [], 0xdaa0_2639_8c3e_20ad),
        ("LayerNorm.gamma", [5], 0x6def_c036_436f_d179),
    ])
    func swiftAndPythonAgreeBitForBit(name: String, shape: [Int], expected: UInt64) {
        var hash = FNV1a()
        for value in DeterministicWeights.values(named: name, shape: shape) {
            hash.update(Int32(bitPattern: value.bitPattern))
        }
        #expect(hash.value == expected)
    }
}
