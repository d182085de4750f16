extension DType {
    /// The names of the element types in files, in the order in which a safetensors file stores them, widest first.
    private static let stored: [(dtype: DType, safetensors: String, storage: String)] = [
        (.int64, "I64", "LongStorage"),
        (.float64, "F64", "DoubleStorage"),
        (.float32, "F32", "FloatStorage"),
        (.int32, "I32", "IntStorage"),
        (.bfloat16, "BF16", "BFloat16Storage"),
        (.float16, "F16", "HalfStorage"),
        (.int16, "I16", "ShortStorage"),
        (.int8, "I8", "CharStorage"),
        (.uint8, "U8", "ByteStorage"),
        (.bool, "BOOL", "BoolStorage"),
    ]

    /// The type's name in a safetensors header, and its place in the order of such a file.
    var safetensors: (name: String, rank: Int) {
        guard let rank = Self.stored.firstIndex(where: { $0.dtype == self }) else {
            preconditionFailure("\(self) is missing from the table of stored types")
        }
        return (Self.stored[rank].safetensors, rank)
    }

    /// The type that a safetensors header calls `name`, such as "F32".
    init?(safetensorsName name: String) {
        guard let row = Self.stored.first(where: { $0.safetensors == name }) else { return nil }
        self = row.dtype
    }

    /// The element type of the storage class `torch.name`, such as "FloatStorage".
    init?(storageName name: String) {
        guard let row = Self.stored.first(where: { $0.storage == name }) else { return nil }
        self = row.dtype
    }

    /// The type that Python calls `torch.name`, such as "float32".
    init?(pythonName name: String) {
        guard let dtype = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
        self = dtype
    }
}
