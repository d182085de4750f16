import CTorch

/// A multi-dimensional array of the engine, with its place in the gradient graph.
///
/// A tensor is one counted reference: copying the reference shares the data, and the last reference frees it at once.
/// Operators do not throw. Inside ``withTorchErrors(_:)`` a failure of the engine becomes a thrown ``TorchError``;
/// outside it stops the program with the engine's message.
public final class Tensor: @unchecked Sendable {
    package let handle: CTTensor

    /// Takes over an owned handle; `nil` is the engine's word that the operator failed.
    @inline(__always)
    package init(_ handle: CTTensor?) {
        self.handle = handle ?? failedHandle()
    }

    deinit { ct_release(handle) }

    /// The sizes of the dimensions, outermost first.
    public var shape: [Int] { (0..<rank).map { ct_size(handle, $0) } }

    /// The number of dimensions.
    public var rank: Int { ct_rank(handle) }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The size of one dimension; negative dimensions count from the last.
    public func size(_ dimension: Int) -> Int { ct_size(handle, dimension) }

    /// The element type.
    public var dtype: DType {
        guard let dtype = DType(rawValue: ct_dtype(handle)) else {
            fatalError("Torch: scalar type \(ct_dtype(handle)) has no name here")
        }
        return dtype
    }

    /// The device that stores the elements.
    public var device: Device { Device(ct_device(handle)) }
}

extension Tensor: CustomStringConvertible {
    public var description: String { "Tensor(\(dtype), \(shape), \(device))" }
}

/// Records a failure in the enclosing ``withTorchErrors(_:)`` and replaces the result, or stops the program.
@inline(never)
private func failedHandle() -> CTTensor {
    noteFailure()
    guard let stand = ct_full([1, 1, 1, 1], 4, 0, DType.float32.rawValue, Device.cpu.engine) else {
        fatalError("Torch: out of memory")
    }
    return stand
}

@inline(never)
private func noteFailure() {
    guard ct_failure_scope_is_open() else { fatalError("Torch: \(String(cString: ct_last_error()))") }
    ct_failure_scope_note()
}

/// Treats a status other than 0 as a tensor operator treats a failure.
@inline(__always)
package func check(_ status: CTStatus) {
    if status != 0 { noteFailure() }
}

/// The type of a tensor's elements; the raw values are c10's scalar types.
public enum DType: Int32, Sendable, CaseIterable {
    case uint8 = 0
    case int8 = 1
    case int16 = 2
    case int32 = 3
    case int64 = 4
    case float16 = 5
    case float32 = 6
    case float64 = 7
    case bool = 11
    case bfloat16 = 15

    /// Whether the elements are floating-point numbers.
    public var isFloatingPoint: Bool { [.float16, .bfloat16, .float32, .float64].contains(self) }

    /// Bytes an element.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .int16, .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64: 8
        }
    }
}
