import CTorch

/// The device that holds tensors and runs operators.
public struct Device: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Int32 {
        case cpu = 0
        case cuda = 1
    }

    private let kind: Kind
    /// The number of the device among those of its kind.
    public let index: Int

    private init(kind: Kind, index: Int) {
        self.kind = kind
        self.index = index
    }

    /// The processor and its memory.
    public static let cpu = Device(kind: .cpu, index: -1)

    /// An NVIDIA GPU. ``require()`` says whether it is there.
    public static func cuda(_ index: Int = 0) -> Device { Device(kind: .cuda, index: index) }

    /// The device that a person names: `cpu`, `cuda` or `cuda:1`.
    public init?(_ name: String) {
        switch name.split(separator: ":", omittingEmptySubsequences: false) {
        case ["cpu"]: self = .cpu
        case ["cuda"]: self = .cuda()
        case let parts where parts.count == 2 && parts[0] == "cuda":
            guard let index = Int(parts[1]), (0..<128).contains(index) else { return nil }
            self = .cuda(index)
        default: return nil
        }
    }

    init(_ device: CTDevice) {
        kind = Kind(rawValue: device.type) ?? .cpu
        index = Int(device.index)
    }

    package var engine: CTDevice { CTDevice(type: kind.rawValue, index: Int32(index)) }

    /// Whether this is the processor.
    public var isCPU: Bool { kind == .cpu }

    public var description: String { isCPU ? "cpu" : "cuda:\(index)" }

    /// Loads what the device needs.
    /// - Throws: `TorchError` in one sentence when the device cannot be used on this machine.
    public func require() throws {
        guard !isCPU else { return }
        guard ct_load_cuda() == 0 else {
            throw TorchError(message: "\(self) cannot be used: this libtorch has no CUDA (\(TorchError.last.message))")
        }
        guard index < ct_cuda_device_count() else {
            throw TorchError(message: "\(self) cannot be used: this machine has \(ct_cuda_device_count()) CUDA devices")
        }
    }

    /// Waits until everything that was queued on the device is done.
    public func synchronize() { check(ct_synchronize(engine)) }
}
