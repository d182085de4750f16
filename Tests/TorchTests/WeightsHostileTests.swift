import Foundation
import Support
import Testing
import Torch

@Suite("Hostile files of weights")
struct WeightsHostileTests {
    static let samples = [
        "weights-types.safetensors", "weights-names.safetensors", "weights-views.pth", "weights-protocol2.pth",
        "weights-protocol4.pth", "weights-views-legacy.pth", "weights-legacy-protocol2.pth",
    ]

    @Test("a file cut short at any byte is an error", arguments: samples)
    func truncation(sample: String) throws {
        let folder = try TemporaryFolder()
        let bytes = try WeightsFixture.bytes(sample)
        for count in 0..<bytes.count {
            #expect(try weightsError(bytes.prefix(count), in: folder) != nil, "\(count) bytes")
        }
    }

    @Test("changed bytes give an error or tensors within the file, never a crash", arguments: samples)
    func mutation(sample: String) throws {
        let folder = try TemporaryFolder()
        let original = try WeightsFixture.bytes(sample)
        var random = SplitMix64(state: 20_26)
        for _ in 0..<1000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = .random(in: .min ... .max, using: &random)
                case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: bytes.remove(at: place)
                default: bytes.insert([0x00, 0x28, 0x52, 0x7F, 0xFF].randomElement(using: &random) ?? 0, at: place)
                }
            }
            let file = try folder.file(bytes)
            guard let tensors = try? loadWeights(at: file) else { continue }
            for tensor in tensors.values where tensor.count < 100_000 { _ = tensor.doubles() }
        }
    }

    @Test("random bytes are an error whatever they begin with")
    func randomBytes() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(state: 7)
        let beginnings: [[UInt8]] = [
            [], [0x80, 2], Array("PK\u{3}\u{4}".utf8), [9, 0, 0, 0, 0, 0, 0, 0, 0x7B], [0x7B],
        ]
        for round in 0..<1000 {
            let noise = (0..<Int.random(in: 0..<300, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            #expect(try weightsError(beginnings[round % beginnings.count] + noise, in: folder) != nil)
        }
        let page = try weightsError("<!DOCTYPE html><html>".utf8, in: folder)
        #expect(page?.description.contains("<!DOCTYPE html>") == true)
    }

    @Test("what is no regular file is an error", arguments: ["/dev/zero", "/tmp", "/nowhere/at-all"])
    func irregularFiles(path: String) {
        #expect(throws: WeightsError.self) { try loadWeights(at: URL(filePath: path)) }
    }

    @Test(
        "a safetensors header that breaks the format is refused",
        arguments: [
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "does not fill"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "begins at byte 4"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "its tensors take 4 bytes"),
            (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#, "its tensors take 12 bytes"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "in order"),
            (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[-4,0]}}"#, "whole number"),
            (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "\"]\" is expected"),
            (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, "whole number"),
            (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, "does not fill"),
            (#"{"a":{"dtype":"F32","shape":[0,9223372036854775807,9],"data_offsets":[0,0]}}"#, "does not fill"),
            (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, "whole number"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32"}}"#, "occurs twice"),
            (#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "occurs twice"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, "unknown"),
            (#"{"a":{"dtype":"F32","shape":[1]}}"#, "lacks"),
            (#"{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, "F8_E4M3"),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
                "begins at byte 0"
            ),
            (#"{"__metadata__":{"a":"1","a":"2"}}"#, "occurs twice"),
            (#"{"__metadata__":{"a":1}}"#, "is expected"),
            (#"{"\ud800":{}}"#, "surrogate"), (#"{"\x":{}}"#, "escape"), (#"{} x"#, "follows"), (#"{"a":"#, "expected"),
            ("{\"\n\":{}}", "control character"), ("{", "expected"), ("{\"a", "are left"),
        ])
    func headers(header: String, reason: String) throws {
        let error = try weightsError(safetensorsBytes(header, [UInt8](repeating: 0, count: 8)), in: TemporaryFolder())
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "it loads")")
    }

    @Test(
        "a header longer than the file, or than the format allows, is refused",
        arguments: [
            1 << 63, UInt64.max, UInt64(Int.max), 100_000_001, 1000, 3,
        ])
    func headerLength(count: UInt64) throws {
        let bytes = withUnsafeBytes(of: count.littleEndian) { Array($0) } + Array("{}  ".utf8)
        #expect(try weightsError(bytes, in: TemporaryFolder()) != nil)
    }
}
