import Support

/// The tensors of a pickled checkpoint, by dotted name.
///
/// A checkpoint is a dictionary. Where none of its own values is a tensor and it has one of the keys "state_dict",
/// "model_state_dict" and "model" (the first of them that there is) with a dictionary behind it, the weights are that
/// dictionary, and the other values that the training run kept (optimiser, epoch, averaged weights) are ignored;
/// otherwise they are the whole. Dictionaries and lists inside become dotted names: `{"head": {"weight": w}}` holds
/// "head.weight". Values that are not tensors are not weights.
struct PickledCheckpoint {
    /// The keys behind which training programs put the weights, most particular first.
    static let wrappers = ["state_dict", "model_state_dict", "model"]

    private(set) var tensors: [String: PickledTensor] = [:]

    private let heap: PickleHeap
    private let file: String
    private var budget = 1_000_000

    private static let maximumDepth = 32
    private static let maximumNameCount = 4096

    init(_ pickle: Pickle, in file: String) throws {
        heap = pickle.heap
        self.file = file
        guard case .dictionary(let index) = pickle.root else {
            throw WeightsError.unsupported(file: file, feature: "something other than a dictionary of tensors")
        }
        try collect(.dictionary(weights(in: index)), under: [])
    }

    /// The dictionary with the weights: the one behind the first wrapper's key, else the whole.
    private func weights(in root: Int) -> Int {
        let pairs = heap.dictionaries[root]
        let holdsTensors = pairs.contains { if case .tensor = $0.value { true } else { false } }
        guard !holdsTensors else { return root }
        for wrapper in Self.wrappers {
            for case (.text(wrapper), .dictionary(let index)) in pairs { return index }
        }
        return root
    }

    private mutating func collect(_ value: PickleValue, under path: [String]) throws {
        budget -= 1
        guard budget >= 0, path.count <= Self.maximumDepth else {
            throw malformed("its containers are nested without end")
        }
        switch value {
        case .tensor(let index): try add(heap.tensors[index], named: path)
        case .dictionary(let index):
            for (key, value) in heap.dictionaries[index] {
                try collect(value, under: path + [component(for: key)])
            }
        case .list(let index), .tuple(let index):
            for (position, value) in heap.sequences[index].enumerated() {
                try collect(value, under: path + ["\(position)"])
            }
        default: break
        }
    }

    private func component(for key: PickleValue) throws -> String {
        switch key {
        case .text(let name): name
        case .integer(let number): "\(number)"
        default:
            throw WeightsError.unsupported(file: file, feature: "dictionary keys other than text and whole numbers")
        }
    }

    private mutating func add(_ tensor: PickledTensor, named path: [String]) throws {
        guard path.reduce(0, { $0 + $1.utf8.count }) <= Self.maximumNameCount else {
            throw malformed("a tensor's name is longer than \(Self.maximumNameCount) bytes")
        }
        let name = path.joined(separator: ".")
        guard tensors.updateValue(tensor, forKey: name) == nil else {
            throw malformed("\(name.quoted) occurs twice")
        }
    }

    private func malformed(_ reason: String) -> WeightsError {
        .malformed(file: file, reason: reason)
    }

    /// Makes the tensors, views of the storages that `bytes` finds.
    ///
    /// Tensors that share a storage in the file share it in memory; a storage that the file does not align is copied
    /// once.
    func assemble(_ bytes: (PickledStorage) throws -> WeightBytes) throws -> [String: Tensor] {
        var storages: [String: (stored: PickledStorage, bytes: WeightBytes)] = [:]
        return try tensors.mapValues { tensor in
            let stored = tensor.storage
            let known = storages[stored.key]
            guard known == nil || known?.stored == stored else {
                throw malformed("the storage \(stored.key.quoted) is described in two ways")
            }
            let found = try known?.bytes ?? bytes(stored).aligned(for: stored.dtype)
            guard found.bytes.count == stored.byteCount else {
                throw malformed(
                    "the storage \(stored.key.quoted) has \(found.bytes.count) bytes instead of \(stored.byteCount)")
            }
            storages[stored.key] = (stored, found)
            return try found.tensor(tensor.layout)
        }
    }
}
