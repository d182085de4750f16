/// The few things that a pickle may import and call.
extension PickleMachine {
    /// The type that Python imports as `module.name`. Throws `WeightsError.refused` for all but those of `PickleType`.
    func importType(module: String, name: String) throws -> PickleValue {
        guard let type = PickleType(module: module, name: name) else { throw refusal(of: "\(module).\(name)") }
        return .type(type)
    }

    func refusal(of construct: String) -> WeightsError {
        .refused(file: reader.file, construct: construct.quoted)
    }

    /// Does what Python's `callable(*arguments)` does, for the callables that are known here.
    mutating func call(_ callable: PickleValue, with arguments: PickleValue) throws -> PickleValue {
        guard case .type(let type) = callable, case .tuple(let index) = arguments else {
            throw malformed("a call has no callable or no arguments")
        }
        let arguments = heap.sequences[index]
        switch type {
        case .orderedDictionary: return try orderedDictionary(arguments)
        case .rebuildTensor: return try tensor(arguments)
        case .rebuildParameter:
            guard arguments.count == 3, case .tensor = arguments[0] else {
                throw malformed("a parameter has no tensor")
            }
            return arguments[0]
        case .encode: return try encoded(arguments)
        case .storageClass(let dtype): throw refusal(of: "a storage of \(dtype) outside a tensor")
        case .elementType(let dtype): throw refusal(of: "torch.\(dtype)(…)")
        }
    }

    /// The storage that a persistent identifier `("storage", class, key, device, count)` names.
    mutating func storage(named identifier: PickleValue) throws -> PickleValue {
        guard case .tuple(let index) = identifier else { throw malformed("a storage has no identifier") }
        let fields = heap.sequences[index]
        guard fields.count == 5 || fields.count == 6, case .text("storage") = fields[0],
            case .type(.storageClass(let dtype)) = fields[1], case .text(let key) = fields[2], case .text = fields[3],
            case .integer(let count) = fields[4], StoredTensor.elementCount(of: [count], dtype: dtype) != nil
        else { throw malformed("a storage's identifier is not one that torch.save writes") }
        if fields.count == 6 {
            guard case .none = fields[5] else {
                throw WeightsError.unsupported(
                    file: reader.file, feature: "views of storages, as PyTorch 0.3 saved them")
            }
        }
        return heap.storage(PickledStorage(key: key, dtype: dtype, count: count))
    }

    /// `OrderedDict()`, or `OrderedDict([[key, value], …])` as Python 2 wrote it.
    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws -> PickleValue {
        guard let argument = arguments.first else { return heap.dictionary([]) }
        guard arguments.count == 1, let items = elements(of: argument) else {
            throw malformed("an OrderedDict has no list of items")
        }
        try spend(items.count)
        return heap.dictionary(
            try items.map { item in
                guard let pair = elements(of: item), pair.count == 2 else {
                    throw malformed("an OrderedDict has an item that is not a pair")
                }
                return (pair[0], pair[1])
            })
    }

    /// `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks[, metadata])`
    private mutating func tensor(_ arguments: [PickleValue]) throws -> PickleValue {
        guard arguments.count == 6 || arguments.count == 7, case .storage(let index) = arguments[0],
            case .integer(let offset) = arguments[1], let shape = integers(of: arguments[2]),
            let strides = integers(of: arguments[3])
        else { throw malformed("a tensor lacks its storage, offset, shape or strides") }
        if arguments.count == 7 {
            guard case .none = arguments[6] else {
                throw WeightsError.unsupported(file: reader.file, feature: "lazily conjugated or negated tensors")
            }
        }
        let storage = heap.storages[index]
        let layout = StoredTensor(dtype: storage.dtype, shape: shape, strides: strides, offset: offset)
        guard layout.fits(inStorageOf: storage.count) else {
            throw malformed(
                "a tensor of shape \(shape), strides \(strides) and offset \(offset) "
                    + "reaches beyond its storage of \(storage.count) elements")
        }
        return heap.tensor(PickledTensor(storage: storage, layout: layout))
    }

    /// `_codecs.encode(text, "latin1")`
    private mutating func encoded(_ arguments: [PickleValue]) throws -> PickleValue {
        guard arguments.count == 2, case .text(let text) = arguments[0], case .text("latin1") = arguments[1] else {
            throw malformed("bytes are encoded in an unknown way")
        }
        try spend(text.utf8.count)
        return .bytes(
            try text.unicodeScalars.map { scalar in
                guard let byte = UInt8(exactly: scalar.value) else { throw malformed("a byte is larger than 255") }
                return byte
            })
    }

    private func elements(of value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index): heap.sequences[index]
        default: nil
        }
    }

    /// The integers of a short tuple, such as a shape; nil for anything else.
    private func integers(of value: PickleValue) -> [Int]? {
        guard case .tuple(let index) = value, heap.sequences[index].count <= StoredTensor.maximumRank else {
            return nil
        }
        var integers: [Int] = []
        for element in heap.sequences[index] {
            guard case .integer(let integer) = element else { return nil }
            integers.append(integer)
        }
        return integers
    }
}
