import Support

/// Changes valid inputs, by bytes, by words and by the structure of texts.
struct Mutator {
    var generator: SplitMix64
    let seeds: [[UInt8]]
    let dictionary: [[UInt8]]

    /// A changed copy of one of the seeds; where it is a bundle of files, of one of its files, seldom of several.
    mutating func input() -> [UInt8] {
        let chosen = seeds[generator.index(below: seeds.count)]
        guard FileBundle.isBeginning(of: chosen) else { return changed(chosen, among: seeds) }
        var bundle = FileBundle(chosen)
        let bundles = seeds.filter(FileBundle.isBeginning).map { FileBundle($0) }
        repeat {
            let index = generator.index(below: bundle.files.count)
            let name = bundle.files[index].name
            bundle.files[index].content = changed(
                bundle.files[index].content, among: bundles.compactMap { $0[name] })
        } while chance(1, in: 4)
        return bundle.bytes
    }

    private mutating func changed(_ bytes: [UInt8], among others: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        let rounds = [1, 1, 1, 1, 2, 2, 4, 8]
        for _ in 0..<rounds[generator.index(below: rounds.count)] { change(&bytes, among: others) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], among others: [[UInt8]]) {
        switch generator.index(below: 20) {
        case 0: flipBit(&bytes)
        case 1: setByte(&bytes)
        case 2: insertNoise(&bytes)
        case 3: bytes.removeSubrange(range(of: bytes))
        case 4: duplicate(&bytes)
        case 5: bytes.removeLast(generator.index(below: bytes.count + 1))
        case 6: splice(&bytes, others)
        case 7, 8: putWord(&bytes)
        case 9: exchangeWord(&bytes)
        case 10, 11: exchangeNumber(&bytes)
        case 12: writeInteger(&bytes)
        case 13: changeLineEnds(&bytes)
        case 14: moveLine(&bytes)
        default: changeItem(&bytes)
        }
    }

    // MARK: Bytes

    private mutating func flipBit(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        bytes[generator.index(below: bytes.count)] ^= 1 << UInt8(generator.index(below: 8))
    }

    private mutating func setByte(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        bytes[generator.index(below: bytes.count)] = noise()
    }

    private mutating func insertNoise(_ bytes: inout [UInt8]) {
        let place = generator.index(below: bytes.count + 1)
        let count = 1 + generator.index(below: 8)
        bytes.insert(contentsOf: (0..<count).map { _ in noise() }, at: place)
    }

    /// Writes a range again behind itself, now and then hundreds of times.
    private mutating func duplicate(_ bytes: inout [UInt8]) {
        let range = range(of: bytes)
        let times = chance(1, in: 16) ? min(1000, 60_000 / max(1, range.count)) : 1
        let copy = Array(bytes[range])
        bytes.insert(contentsOf: (0..<times).flatMap { _ in copy }, at: range.upperBound)
    }

    private mutating func splice(_ bytes: inout [UInt8], _ others: [[UInt8]]) {
        guard !others.isEmpty else { return }
        let other = others[generator.index(below: others.count)]
        let head = generator.index(below: bytes.count + 1)
        bytes = Array(bytes.prefix(head)) + other.dropFirst(generator.index(below: other.count + 1))
    }

    /// Writes a whole number of 1, 2, 4 or 8 bytes over what is there, at the beginning more often than elsewhere.
    private mutating func writeInteger(_ bytes: inout [UInt8]) {
        let width = 1 << generator.index(below: 4)
        guard bytes.count >= width else { return }
        let places = bytes.count - width + 1
        let place = chance(1, in: 4) ? generator.index(below: min(places, 16)) : generator.index(below: places)
        let extremes: [UInt64] = [
            0, 1, .max, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 40,
            1 << 63, UInt64(Int64.max), UInt64(bytes.count), UInt64(bytes.count) - UInt64(place),
        ]
        let value =
            chance(1, in: 4) ? UInt64(generator.index(below: 512)) : extremes[generator.index(below: extremes.count)]
        let isBig = chance(1, in: 3)
        for index in 0..<width {
            let shift = UInt64(8 * (isBig ? width - 1 - index : index))
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> shift)
        }
    }

    private mutating func noise() -> UInt8 {
        let telling: [UInt8] = [
            0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x20, 0x22, 0x27, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D,
            0x7F, 0x80, 0x85, 0xA0, 0xC2, 0xCC, 0xE2, 0xED, 0xF0, 0xFE, 0xFF,
        ]
        return chance(1, in: 2)
            ? telling[generator.index(below: telling.count)] : UInt8(truncatingIfNeeded: generator.next())
    }

    // MARK: Words and lines

    private mutating func putWord(_ bytes: inout [UInt8]) {
        bytes.insert(contentsOf: word(), at: generator.index(below: bytes.count + 1))
    }

    /// Puts a word in place of the first occurrence of another one behind a random place.
    private mutating func exchangeWord(_ bytes: inout [UInt8]) {
        let (old, new) = (word(), word())
        guard !old.isEmpty, bytes.count >= old.count else { return }
        let start = generator.index(below: bytes.count - old.count + 1)
        for place in start...(bytes.count - old.count) where bytes[place] == old[0] {
            guard bytes[place..<(place + old.count)].elementsEqual(old) else { continue }
            bytes.replaceSubrange(place..<(place + old.count), with: new)
            return
        }
    }

    private static let common = [
        "\u{FEFF}", "\u{0}", "\u{85}", "\u{2028}", "\u{200D}", "\u{301}", "\u{202E}", "👩‍👩‍👧", "🇩🇪", "İ", "ß", "\\u0000",
        "\\ud800", "\\udc00\\ud83d", "\\x00", "\\", "\"", "''", "null", "true", "[]", "{}", "NaN", "\t", "\n\n", "\r",
        " ", "\u{A0}", "\u{3000}",
    ].map { Array($0.utf8) }

    private mutating func word() -> [UInt8] {
        let words = dictionary.isEmpty || chance(1, in: 4) ? Self.common : dictionary
        return words[generator.index(below: words.count)]
    }

    private static let numbers = [
        "0", "-1", "1", "2147483647", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "1e308",
        "1e309",
        "-1e308", "1e-320", "0.5", "-0", "-0.0", "NaN", "nan", "Infinity", "-inf", "1_000", "0x10", "00", "1e", "3.0",
        "100000", "99999999999999999999999999999999999999999999",
    ].map { Array($0.utf8) }

    /// The numbers at which whole numbers of 32 and 64 bits end are drawn as often as all others together.
    private mutating func number() -> [UInt8] {
        let ends = ["9223372036854775807", "-9223372036854775808", "4294967296", "-1"]
        if chance(1, in: 2) { return Array(ends[generator.index(below: ends.count)].utf8) }
        return Self.numbers[generator.index(below: Self.numbers.count)]
    }

    /// Puts an extreme number in place of the first number behind a random place.
    private mutating func exchangeNumber(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let start = generator.index(below: bytes.count)
        guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
        let end = bytes[first...].firstIndex { !isDigit($0) && $0 != UInt8(ascii: ".") } ?? bytes.count
        bytes.replaceSubrange(first..<end, with: number())
    }

    private mutating func changeLineEnds(_ bytes: inout [UInt8]) {
        let ends = ["\r\n", "\r", "\n\n", "\u{2028}", "\u{85}", "\n\r", " \n", ""].map { Array($0.utf8) }
        let end = ends[generator.index(below: ends.count)]
        let changesAll = chance(1, in: 2)
        bytes = bytes.flatMap { byte in
            byte == 0x0A && (changesAll || chance(1, in: 4)) ? end : [byte]
        }
    }

    /// Removes, repeats or moves a line.
    private mutating func moveLine(_ bytes: inout [UInt8]) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        guard lines.count > 1 else { return }
        let index = generator.index(below: lines.count)
        let line = lines[index]
        let choice = generator.index(below: 3)
        if choice != 1 { lines.remove(at: index) }
        if choice != 0 { lines.insert(line, at: generator.index(below: lines.count + 1)) }
        bytes = Array(lines.joined(separator: [0x0A]))
    }

    // MARK: Members and elements

    private static let values = [
        "null", "true", "0", "-1", "1.5", "1e400", "\"\"", "\"x\"", "\" \"", "[]", "{}", "[[]]", "[null]", "{\"a\":1}",
        "[0,1]", "\"\\ud800\"", "\"0\"", "None", "True", "b'x'", "{'a': 1}", "(1,)", "NaN", "[1,2,3,\"x\"]", "[\"\"]",
    ].map { Array($0.utf8) }

    private mutating func changeItem(_ bytes: inout [UInt8]) {
        let items = TextItems(bytes).items
        guard !items.isEmpty else { return exchangeNumber(&bytes) }
        let item = items[generator.index(below: items.count)]
        switch generator.index(below: 9) {
        case 0:
            var range = item.whole
            if range.upperBound < bytes.count, bytes[range.upperBound] == UInt8(ascii: ",") {
                range = range.lowerBound..<range.upperBound + 1
            }
            bytes.removeSubrange(range)
        case 1: bytes.insert(contentsOf: [UInt8(ascii: ",")] + bytes[item.whole], at: item.whole.upperBound)
        case 2, 3: bytes.replaceSubrange(item.value, with: Self.values[generator.index(below: Self.values.count)])
        case 4: bytes.replaceSubrange(item.value, with: number())
        case 5: nest(item.value, in: &bytes)
        case 6:
            let other = items[generator.index(below: items.count)]
            bytes.replaceSubrange(item.value, with: Array(bytes[other.value]))
        case 7: if let key = item.key { bytes.replaceSubrange(key, with: quoted(word(), like: bytes[key.lowerBound])) }
        default: bytes.replaceSubrange(item.value, with: quoted(word(), like: UInt8(ascii: "\"")))
        }
    }

    private func quoted(_ word: [UInt8], like mark: UInt8) -> [UInt8] { [mark] + word + [mark] }

    /// Encloses a value in brackets, a few or thousands.
    private mutating func nest(_ value: Range<Int>, in bytes: inout [UInt8]) {
        let depths = [1, 2, 33, 65, 200, 513, 2_000, 20_000]
        let depth = depths[generator.index(below: depths.count)]
        let isList = chance(2, in: 3)
        let (open, close) = isList ? (Array("[".utf8), Array("]".utf8)) : (Array("{\"a\":".utf8), Array("}".utf8))
        let isClosed = chance(3, in: 4)
        let before = (0..<depth).flatMap { _ in open }
        let after = isClosed ? (0..<depth).flatMap { _ in close } : []
        bytes.replaceSubrange(value, with: before + Array(bytes[value]) + after)
    }

    // MARK: Chance

    private mutating func chance(_ count: Int, in all: Int) -> Bool { generator.index(below: all) < count }

    /// A range of bytes, mostly short.
    private mutating func range(of bytes: [UInt8]) -> Range<Int> {
        let start = generator.index(below: bytes.count + 1)
        let longest = chance(1, in: 4) ? bytes.count - start : min(16, bytes.count - start)
        return start..<start + generator.index(below: longest + 1)
    }
}
