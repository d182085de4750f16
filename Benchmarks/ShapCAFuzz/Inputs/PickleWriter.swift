/// Writes the pickles and archives of PyTorch, for inputs of their readers.
enum PickleWriter {
    static func text(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }
    static func integer(_ value: Int32) -> [UInt8] { [0x4A] + little(UInt32(bitPattern: value)) }
    static func tuple(_ elements: [[UInt8]]) -> [UInt8] { [0x28] + elements.flatMap { $0 } + [0x74] }
    static func list(_ elements: [[UInt8]]) -> [UInt8] { [0x5D, 0x28] + elements.flatMap { $0 } + [0x65] }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
        [0x7D, 0x28] + items.flatMap { text($0.0) + $0.1 } + [0x75]
    }

    /// A whole pickle of protocol 2.
    static func program(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + [0x2E] }

    /// A tensor of 32-bit floats over a storage of its own.
    static func tensor(key: String, shape: [Int32], strides: [Int32]) -> [UInt8] {
        let count = shape.reduce(1, *)
        let storage = tuple([
            text("storage"), global("torch", "FloatStorage"), text(key), text("cpu"), integer(count),
        ])
        return global("torch._utils", "_rebuild_tensor_v2")
            + tuple([
                storage + [0x51], integer(0), tuple(shape.map(integer)), tuple(strides.map(integer)), [0x89],
                global("collections", "OrderedDict") + [0x29, 0x52],
            ]) + [0x52]
    }

    /// The five pickles and two storages of the format before 1.6.
    static var legacy: [UInt8] {
        let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
        let machine = dictionary([("protocol_version", integer(1001)), ("little_endian", [0x88])])
        return program(magic) + program([0x4D, 0xE9, 0x03]) + program(machine) + program(stateDictionary)
            + program(list([text("0"), text("1")])) + little(UInt64(6)) + floats(6) + little(UInt64(2)) + floats(2)
    }

    /// What a function of a module returns.
    static func call(_ module: String, _ name: String, _ arguments: [[UInt8]]) -> [UInt8] {
        global(module, name) + tuple(arguments) + [0x52]
    }

    /// A dictionary of tensors, one of them nested, one in a list of pairs and one as a parameter, and of some bytes.
    static var stateDictionary: [UInt8] {
        let shared = tensor(key: "0", shape: [3, 2], strides: [2, 1])
        let pairs = list([tuple([text("shared"), shared])])
        let parameter = [shared, [0x88], call("collections", "OrderedDict", [])]
        return dictionary([
            ("ordered", call("collections", "OrderedDict", [pairs])),
            ("bytes", call("_codecs", "encode", [text("é"), text("latin1")])),
            ("parameter", call("torch._utils", "_rebuild_parameter", parameter)),
            ("weight", tensor(key: "0", shape: [2, 3], strides: [3, 1])),
            ("head", dictionary([("bias", tensor(key: "1", shape: [2], strides: [1])), ("epoch", integer(3))])),
        ])
    }

    /// The files of an archive of PyTorch 1.6 and later.
    static var archive: FileBundle {
        FileBundle([
            ("archive/data.pkl", program(stateDictionary)), ("archive/byteorder", Array("little".utf8)),
            ("archive/data/0", floats(6)), ("archive/data/1", floats(2)), ("archive/version", Array("3\n".utf8)),
        ])
    }

    /// A zip archive that holds files uncompressed.
    static func zip(_ files: FileBundle) -> [UInt8] {
        var (body, directory): ([UInt8], [UInt8]) = ([], [])
        for (name, content) in files.files {
            let sizes = little(UInt32(content.count)) + little(UInt32(content.count))
            let nameCount = little(UInt16(truncatingIfNeeded: name.utf8.count))
            let offset = little(UInt32(body.count))
            let middle = [UInt8](repeating: 0, count: 12) + sizes + nameCount + [0, 0]
            body += little(UInt32(0x0403_4b50)) + [20, 0] + middle + Array(name.utf8) + content
            directory +=
                little(UInt32(0x0201_4b50)) + [20, 0, 20, 0] + middle + [UInt8](repeating: 0, count: 10) + offset
                + Array(name.utf8)
        }
        let count = little(UInt16(files.files.count))
        return body + directory + little(UInt32(0x0605_4b50)) + [0, 0, 0, 0] + count + count
            + little(UInt32(directory.count)) + little(UInt32(body.count)) + [0, 0]
    }

    static func floats(_ count: Int) -> [UInt8] { (0..<count).flatMap { little((Float($0) + 0.5).bitPattern) } }

    static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
