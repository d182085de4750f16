import CTorch

/// An engine for the products of linear layers on the CPU.
public enum ProductEngine: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// Intel's MKL, or what BLAS libtorch was built with.
    case mkl
    /// oneDNN in 32-bit floats.
    case oneDNN = "onednn"
    /// The same, of weights that are laid out for it once: for the outputs of layers that do not change.
    case oneDNNPacked = "onednn-packed"
    /// Our own products by panels of weights that are laid out once, for the same layers.
    case panels
    /// oneDNN in bfloat16 numbers as they are; the others round the factors and the sums of such a product.
    case oneDNNBFloat16 = "onednn-bf16"
    /// 8-bit whole numbers, see ``Module/quantizeLinearLayers()``: measured where asked for, and never chosen.
    case int8

    /// The engines that there are here.
    public static var available: [ProductEngine] {
        allCases.filter { engine in
            switch engine {
            case .mkl: ct_has_mkl()
            case .panels: ct_has_panels()
            case .oneDNN, .oneDNNPacked, .oneDNNBFloat16: true
            case .int8: false
            }
        }
    }

    /// Whether the engine multiplies 32-bit floats by weights that are laid out for it once.
    package var isOfPackedWeights: Bool { self == .oneDNNPacked || self == .panels }

    /// What multiplies matrices as they are; what changes the weight first has its own product.
    var engine: CTEngine {
        switch self {
        case .mkl: CT_ENGINE_MKL
        case .oneDNN, .oneDNNPacked, .panels, .int8: CT_ENGINE_ONEDNN
        case .oneDNNBFloat16: CT_ENGINE_ONEDNN_BF16
        }
    }

    /// A weight as the engine wants it; nil where it takes weights as they are.
    func laidOut(_ weight: Tensor) -> Tensor? {
        switch self {
        case .oneDNNPacked: Tensor(ct_packed_weight(weight.handle))
        case .panels: Tensor(ct_panel_weight(weight.handle))
        case .int8: Tensor(ct_quantized_weight(weight.handle))
        case .mkl, .oneDNN, .oneDNNBFloat16: nil
        }
    }
}

/// The precision of matrix products; parameters and their moments are always 32-bit floats.
public enum Precision: String, Sendable, CaseIterable, Codable {
    /// The faster of the others, by a measurement on the machine.
    case auto
    case fp32
    case bf16

    /// The type that ``withAutocast(_:on:_:)`` takes; that of 32-bit floats where nothing was measured.
    public var autocast: DType? { self == .bf16 ? .bfloat16 : nil }

    /// The precision itself; that of a choice where it is left to it.
    public func resolved(by choice: KernelChoice) -> Precision { self == .auto ? choice.precision : self }
}

/// By what engines products are computed.
public enum KernelSetting: String, Sendable, CaseIterable, Codable {
    /// The fastest of each, by a measurement on the machine.
    case auto
    case mkl
    case oneDNN = "onednn"
    case oneDNNBFloat16 = "onednn-bf16"

    /// The one engine for all; nil where they are measured.
    var engine: ProductEngine? { ProductEngine(rawValue: rawValue) }
}
