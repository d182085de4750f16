/// A value that a pickle may build. Containers and tensors live in a `PickleHeap` and are named by their place in it.
///
/// No value holds another, so that a file which nests containers without end, or puts one into itself, needs no
/// recursion to build, compare or free.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer beyond 64 bits, in the very bytes of the file: two's complement, least significant byte first, or
    /// digits.
    case longInteger([UInt8])
    case float(Double)
    case text(String)
    case bytes([UInt8])
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case storage(Int)
    case tensor(Int)
    case type(PickleType)
}

/// A name that a pickle may import: nothing else can be called or constructed.
enum PickleType: Equatable {
    /// `collections.OrderedDict`
    case orderedDictionary
    /// `torch._utils._rebuild_tensor_v2`
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`
    case rebuildParameter
    /// `_codecs.encode`, by which protocols before 3 write bytes
    case encode
    /// A storage class, such as `torch.FloatStorage`
    case storageClass(DType)
    /// An element type, such as `torch.float32`
    case elementType(DType)

    /// The type that Python imports as `module.name`; nil for any other, which must be refused.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("_codecs", "encode"): self = .encode
        case ("torch", _):
            if let dtype = DType(storageName: name) {
                self = .storageClass(dtype)
            } else if let dtype = DType(pythonName: name) {
                self = .elementType(dtype)
            } else {
                return nil
            }
        default: return nil
        }
    }
}

/// A storage that a pickle names but does not contain.
struct PickledStorage: Equatable {
    var key: String
    var dtype: DType
    /// Elements.
    var count: Int

    var byteCount: Int { count * dtype.byteCount }
}

/// A tensor of a pickle: a layout over a storage.
struct PickledTensor {
    var storage: PickledStorage
    var layout: StoredTensor
}

/// The containers, storages and tensors that a pickle has built so far.
struct PickleHeap {
    /// The elements of tuples and lists.
    var sequences: [[PickleValue]] = []
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [PickledStorage] = []
    var tensors: [PickledTensor] = []

    mutating func tuple(_ elements: [PickleValue]) -> PickleValue {
        sequences.append(elements)
        return .tuple(sequences.count - 1)
    }

    mutating func list(_ elements: [PickleValue]) -> PickleValue {
        sequences.append(elements)
        return .list(sequences.count - 1)
    }

    mutating func dictionary(_ pairs: [(key: PickleValue, value: PickleValue)]) -> PickleValue {
        dictionaries.append(pairs)
        return .dictionary(dictionaries.count - 1)
    }

    mutating func storage(_ storage: PickledStorage) -> PickleValue {
        storages.append(storage)
        return .storage(storages.count - 1)
    }

    mutating func tensor(_ tensor: PickledTensor) -> PickleValue {
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }
}
