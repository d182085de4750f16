import Foundation
import Testing
import Torch

/// Pickles are programs: these ask for more than tensors.
@Suite("Hostile pickles and archives")
struct WeightsPickleTests {
    @Test(
        "nothing but tensors and plain values is constructed, and the error names it",
        arguments: [
            ("cos\nsystem\n\u{28}X\u{5}\u{0}\u{0}\u{0}false" + "tR.", "os.system"),
            ("cposix\nsystem\n.", "posix.system"),
            ("cbuiltins\neval\n.", "builtins.eval"),
            ("ctorch\nload\n.", "torch.load"),
            ("ctorch._utils\n_rebuild_tensor_v3\n.", "torch._utils._rebuild_tensor_v3"),
            ("ctorch.nn.modules.linear\nLinear\n.", "torch.nn.modules.linear.Linear"),
            ("(ios\nsystem\n.", "os.system"),
            ("\u{8C}\u{2}os\u{8C}\u{6}system\u{93}.", "os.system"),
            ("ctorch\nFloatStorage\nK\u{1}\u{85}R.", "a storage"),
            ("ctorch\nfloat32\n)R.", "torch.float32"),
            ("K\u{1}}b.", "an object with a state"),
        ])
    func refusal(program: String, construct: String) throws {
        let error = try weightsError(legacy(program), in: TemporaryFolder())
        guard case .refused(_, let name) = error else {
            Issue.record("\(error?.description ?? "it loads")")
            return
        }
        #expect(name.contains(construct))
    }

    @Test(
        "a program that breaks the machine's rules is an error",
        arguments: [
            ".", "}", "}0.", "}00.", "(.", "t.", "}(K\u{1}u.", "K\u{1}(K\u{2}K\u{3}u.", "]K\u{1}K\u{2}s.", "}K\u{1}a.",
            "h\u{0}.", "j\u{FF}\u{FF}\u{FF}\u{FF}.", "R.", "))R.", "}}R.", "Q.", ")Q.", "I1x\n.",
            "L9999999999999999999xL\n.",
            "X\u{FF}\u{FF}\u{FF}\u{FF}a.", "\u{8D}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}\u{FF}a.",
            "\u{8B}\u{FF}\u{FF}\u{FF}\u{FF}.",
            "\u{95}\u{FF}\u{FF}\u{FF}\u{FF}\u{0}\u{0}\u{0}\u{0}}.", "\u{80}\u{6}}.", "X\u{1}\u{0}\u{0}\u{0}\u{FF}.",
            "cos", "c",
            "\u{82}\u{1}.", "P1\n.", "\u{81}.", "\u{8F}.", "]}.", "K\u{1}.", "ctorch._utils\n_rebuild_tensor_v2\n)R.",
            "ccollections\nOrderedDict\n]K\u{1}a\u{85}R.", "c_codecs\nencode\n)R.",
        ])
    func brokenPrograms(program: String) throws {
        #expect(try weightsError(legacy(program), in: TemporaryFolder()) != nil)
    }

    @Test(
        "tensors outside their storage are refused",
        arguments: [
            (0, [5], [1]), (1, [4], [1]), (-1, [1], [1]), (0, [2, 2], [3, 1]), (0, [-1], [1]), (0, [2], [-1]),
            (0, [2], [1, 1]),
            (0, [Int.max], [1]), (0, [2], [Int.max]), (Int.max, [2], [1]), (5, [0], [1]),
            (0, [1 << 31, 1 << 31, 2], [0, 0, 0]),
            (0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)),
        ])
    func tensorBounds(offset: Int, shape: [Int], strides: [Int]) throws {
        let folder = try TemporaryFolder()
        let sound = legacyTensor(offset: 0, shape: [2, 2], strides: [2, 1])
        #expect(try loadWeights(at: folder.file(sound))["w"]?.floats() == [1, 2, 3, 4])
        let error = try weightsError(legacyTensor(offset: offset, shape: shape, strides: strides), in: folder)
        guard case .malformed = error else {
            Issue.record("\(error?.description ?? "it loads")")
            return
        }
    }

    @Test("nesting, self-reference and endless work end with an error")
    func bombs() throws {
        let folder = try TemporaryFolder()
        let million = 1_000_000
        // Tuples in tuples, a million deep, in a dictionary.
        let tuples = "}X\u{1}\u{0}\u{0}\u{0}a)" + String(repeating: "\u{85}", count: million) + "s."
        #expect(try weightsError(legacy(tuples), in: folder) != nil)
        // A dictionary that contains itself.
        #expect(try weightsError(legacy("}q\u{0}K\u{1}h\u{0}s."), in: folder) != nil)
        // A list of two of itself's predecessors, forty times over: 2^40 leaves.
        let doubling = "}K\u{0}]" + String(repeating: "q\u{0}0](h\u{0}h\u{0}e", count: 40) + "s."
        #expect(try weightsError(legacy(doubling), in: folder) != nil)
        let wide = "}K\u{0}]" + String(repeating: "q\u{0}0](h\u{0}h\u{0}e", count: 24) + "s."
        #expect(try weightsError(legacy(wide), in: folder) != nil)
        // More instructions than any checkpoint has.
        #expect(try weightsError(legacy(String(repeating: "N0", count: 6 * million) + "}."), in: folder) != nil)
        // Marks without end.
        #expect(try weightsError(legacy(String(repeating: "(", count: million) + "}."), in: folder) != nil)
        // A large place in the memo is only a place.
        let memo = "}r\u{FF}\u{FF}\u{FF}\u{FF}0j\u{FF}\u{FF}\u{FF}\u{FF}."
        #expect(try loadWeights(at: folder.file(legacy(memo) + latin1("\u{80}\u{2}]."))).isEmpty)
    }

    @Test("repeated names are refused, whether in one dictionary or through dots")
    func repeatedNames() throws {
        let once = legacyTensor(offset: 0, shape: [1], strides: [1], extra: [])
        let twice = legacyTensor(offset: 0, shape: [1], strides: [1], extra: ["w"])
        let folder = try TemporaryFolder()
        #expect(try weightsError(once, in: folder) == nil)
        #expect(try weightsError(twice, in: folder)?.description.contains("\"w\" occurs twice") == true)
    }

    @Test(
        "what the format allows but this reader does not is named",
        arguments: [
            ("weights-big-endian.pth", "big-endian"), ("weights-big-endian-legacy.pth", "big-endian"),
            ("weights-compressed.pth", "compression"),
            ("weights-whole-module.pth", "torch.nn.modules.container.Sequential"),
            ("weights-complex.pth", "torch.ComplexFloatStorage"),
        ])
    func unsupported(file: String, feature: String) throws {
        let error = #expect(throws: WeightsError.self) { try loadWeights(at: WeightsFixture.url(file)) }
        #expect(error?.description.contains(feature) == true)
        #expect(error?.description.contains(file) == true)
    }

    @Test("an archive's entries may not be encrypted, overlap, repeat or lie")
    func archives() throws {
        let folder = try TemporaryFolder()
        let bytes = try WeightsFixture.bytes("weights-nested.pth")
        let records = bytes.indices.dropLast(46).filter { bytes[$0..<$0 + 4].elementsEqual([0x50, 0x4B, 1, 2]) }
        #expect(try weightsError(bytes, in: folder) == nil)
        try #require(records.count > 3)
        func changed(_ change: (inout [UInt8], Int, Int) -> Void) throws -> WeightsError? {
            var copy = bytes
            change(&copy, records[0], records[1])
            return try weightsError(copy, in: folder)
        }
        #expect(try changed { copy, first, _ in copy[first + 8] |= 1 }?.description.contains("encryption") == true)
        #expect(try changed { copy, first, _ in copy[first + 10] = 8 }?.description.contains("compression") == true)
        #expect(try changed { copy, first, _ in copy[first + 42] ^= 1 } != nil, "offset")
        #expect(try changed { copy, first, _ in copy[first + 46] ^= 1 } != nil, "name")
        #expect(try changed { copy, first, _ in copy[first + 20] ^= 1 } != nil, "two sizes")
        #expect(
            try changed { copy, first, _ in
                copy[first + 23] = 0x7F
                copy[first + 27] = 0x7F
            } != nil, "too large")
        #expect(
            try changed { copy, first, _ in
                for size in [20, 24] { copy[first + size + 1] = copy[first + size + 1] &+ 1 }
            }?.description.contains("share") == true, "overlap")
    }
}

/// The bytes of a text whose scalars are all below 256.
private func latin1(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
}

/// A file in the format before PyTorch 1.6 whose object is built by `program`.
private func legacy(_ program: String) -> [UInt8] {
    legacy(latin1(program))
}

private func legacy(_ program: [UInt8]) -> [UInt8] {
    latin1("\u{80}\u{2}\u{8A}\u{A}l\u{FC}\u{9C}F\u{F9} j\u{A8}P\u{19}.\u{80}\u{2}M\u{E9}\u{3}.\u{80}\u{2}}.\u{80}\u{2}")
        + program
}

/// An old file with a tensor "w" over the storage 1, 2, 3, 4, and the same tensor again under `extra` names.
private func legacyTensor(offset: Int, shape: [Int], strides: [Int], extra: [String] = []) -> [UInt8] {
    func integer(_ value: Int) -> [UInt8] {
        [0x8A, 8] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    func tuple(_ values: [Int]) -> [UInt8] { latin1("(") + values.flatMap(integer) + latin1("t") }
    let text = { (text: String) in latin1("U") + [UInt8(text.utf8.count)] + latin1(text) }
    var tensor = latin1("ctorch._utils\n_rebuild_tensor_v2\n((") + text("storage") + latin1("ctorch\nFloatStorage\n")
    tensor += text("7") + text("cpu") + integer(4) + latin1("NtQ") + integer(offset) + tuple(shape) + tuple(strides)
    tensor += latin1("\u{89}}tR")
    let items = (["w"] + extra).flatMap { text($0) + tensor + latin1("s") }
    let storage = [1, 2, 3, 4].flatMap { (value: Float) in
        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    return legacy(latin1("}") + items + latin1(".")) + latin1("\u{80}\u{2}]") + text("7")
        + latin1("a.\u{4}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}") + storage
}
