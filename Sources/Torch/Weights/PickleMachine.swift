/// A value and everything that it refers to, as one pickle built them.
struct Pickle {
    let root: PickleValue
    let heap: PickleHeap
}

/// Python's pickle machine, restricted to plain values and tensors.
///
/// A pickle is a program. This machine obeys only the instructions of `PickleOpcode` and constructs only what
/// `PickleValue` has a case for; a file that imports anything else is refused by name, before anything is called.
/// The work is bounded, and no instruction needs recursion.
struct PickleMachine {
    private(set) var reader: ByteReader
    var heap = PickleHeap()
    private var stack: [PickleValue] = []
    /// The start of the stack at each open mark.
    private var marks: [Int] = []
    private var memo: [UInt32: PickleValue] = [:]
    private var budget = 10_000_000

    /// Runs the program that begins at the reader's place, and leaves the reader behind its end.
    static func run(_ reader: inout ByteReader) throws -> Pickle {
        var machine = PickleMachine(reader: reader)
        while let opcode = try machine.nextOpcode() {
            try machine.obey(opcode)
        }
        reader = machine.reader
        return Pickle(root: try machine.pop(), heap: machine.heap)
    }

    private init(reader: ByteReader) {
        self.reader = reader
    }

    func malformed(_ reason: String) -> WeightsError { reader.malformed(reason) }

    /// Counts `work` steps against what one pickle may cost.
    mutating func spend(_ work: Int) throws {
        budget -= work
        guard budget >= 0 else { throw malformed("it takes more steps than any checkpoint needs") }
    }

    /// The next instruction; nil at the program's end.
    private mutating func nextOpcode() throws -> PickleOpcode? {
        try spend(1)
        let byte = try reader.integer(UInt8.self)
        guard let opcode = PickleOpcode(rawValue: byte) else {
            throw malformed("the instruction 0x\(String(byte, radix: 16)) is not one that builds tensors")
        }
        return opcode == .stop ? nil : opcode
    }

    private mutating func obey(_ opcode: PickleOpcode) throws {
        switch opcode {
        case .proto:
            guard try reader.integer(UInt8.self) <= 5 else { throw malformed("its protocol is newer than 5") }
        case .frame:
            guard try reader.size() <= reader.remaining else { throw malformed("a frame ends beyond the file") }
        case .stop: break

        case .mark: marks.append(stack.count)
        case .pop: if stack.count > (marks.last ?? 0) { stack.removeLast() } else { _ = try popToMark() }
        case .popMark: _ = try popToMark()
        case .dup: push(try top())

        case .binPut: memo[UInt32(try reader.integer(UInt8.self))] = try top()
        case .longBinPut: memo[try reader.integer()] = try top()
        case .memoize: memo[UInt32(memo.count)] = try top()
        case .binGet: push(try recall(UInt32(try reader.integer(UInt8.self))))
        case .longBinGet: push(try recall(try reader.integer()))

        case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .binFloat,
            .shortBinUnicode, .binUnicode, .binUnicode8, .shortBinString, .binString, .shortBinBytes, .binBytes,
            .binBytes8:
            push(try plainValue(opcode))

        case .emptyTuple: push(heap.tuple([]))
        case .tuple1: push(heap.tuple(try pop(1)))
        case .tuple2: push(heap.tuple(try pop(2)))
        case .tuple3: push(heap.tuple(try pop(3)))
        case .tuple: push(heap.tuple(try popToMark()))
        case .emptyList: push(heap.list([]))
        case .append: try append(try pop(1))
        case .appends: try append(try popToMark())
        case .emptyDictionary: push(heap.dictionary([]))
        case .setItem: try setItems(try pop(2))
        case .setItems: try setItems(try popToMark())

        case .global: push(try importType(module: try reader.line(), name: try reader.line()))
        case .instance: throw refusal(of: "\(try reader.line()).\(try reader.line())")
        case .stackGlobal:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw malformed("an import has no name")
            }
            push(try importType(module: module, name: name))
        case .reduce:
            let arguments = try pop()
            push(try call(try pop(), with: arguments))
        case .build:
            _ = try pop()
            guard case .dictionary = try top() else { throw refusal(of: "an object with a state of its own") }
        case .persistentID: push(try storage(named: try pop()))
        }
    }

    /// The number, text or constant that an instruction carries with it.
    private mutating func plainValue(_ opcode: PickleOpcode) throws -> PickleValue {
        switch opcode {
        case .newTrue: .bool(true)
        case .newFalse: .bool(false)
        case .int, .long: try writtenInteger()
        case .binInt: .integer(Int(try reader.integer(Int32.self)))
        case .binInt1: .integer(Int(try reader.integer(UInt8.self)))
        case .binInt2: .integer(Int(try reader.integer(UInt16.self)))
        case .long1: Self.integer(try reader.take(Int(try reader.integer(UInt8.self))))
        case .long4: Self.integer(try reader.take(Int(try reader.integer(Int32.self))))
        case .binFloat: .float(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped))
        case .shortBinUnicode, .shortBinString: .text(try reader.text(Int(try reader.integer(UInt8.self))))
        case .binUnicode: .text(try reader.text(Int(try reader.integer(UInt32.self))))
        case .binUnicode8: .text(try reader.text(try reader.size()))
        case .binString: .text(try reader.text(Int(try reader.integer(Int32.self))))
        case .shortBinBytes: .bytes(Array(try reader.take(Int(try reader.integer(UInt8.self)))))
        case .binBytes: .bytes(Array(try reader.take(Int(try reader.integer(UInt32.self)))))
        case .binBytes8: .bytes(Array(try reader.take(try reader.size())))
        default: .none
        }
    }

    /// An integer in decimal digits, where "00" and "01" are the truth values of protocol 1.
    private mutating func writtenInteger() throws -> PickleValue {
        let line = try reader.line()
        if line == "00" || line == "01" { return .bool(line == "01") }
        let digits = line.hasSuffix("L") ? line.dropLast() : line[...]
        if let value = Int(digits) { return .integer(value) }
        let magnitude = digits.hasPrefix("-") ? digits.dropFirst() : digits
        guard !magnitude.isEmpty, magnitude.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else {
            throw malformed("an integer is expected")
        }
        return .longInteger(Array(digits.utf8))
    }

    /// The integer whose two's complement is `bytes`, least significant first.
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> PickleValue {
        guard bytes.count <= MemoryLayout<Int>.size else { return .longInteger(Array(bytes)) }
        let sign: UInt8 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : 0xFF
        let padded = Array(bytes) + Array(repeating: sign, count: MemoryLayout<Int>.size - bytes.count)
        return .integer(padded.reversed().reduce(0) { $0 << 8 | Int($1) })
    }

    // MARK: The stack and the memo

    private mutating func push(_ value: PickleValue) { stack.append(value) }

    private func top() throws -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else { throw malformed("the stack is empty") }
        return value
    }

    private mutating func pop() throws -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int) throws -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw malformed("the stack is empty") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws -> [PickleValue] {
        guard let mark = marks.popLast() else { throw malformed("a mark is missing") }
        return try pop(stack.count - mark)
    }

    private func recall(_ index: UInt32) throws -> PickleValue {
        guard let value = memo[index] else { throw malformed("the memo has no value \(index)") }
        return value
    }

    // MARK: Containers

    private mutating func append(_ values: [PickleValue]) throws {
        guard case .list(let index) = try top() else { throw malformed("elements are appended to no list") }
        heap.sequences[index] += values
    }

    private mutating func setItems(_ values: [PickleValue]) throws {
        guard case .dictionary(let index) = try top() else { throw malformed("items are set in no dictionary") }
        guard values.count.isMultiple(of: 2) else { throw malformed("a key has no value") }
        for first in stride(from: 0, to: values.count, by: 2) {
            heap.dictionaries[index].append((values[first], values[first + 1]))
        }
    }
}
