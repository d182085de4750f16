import Torch

/// A function between the matrices of a layer, under the name that `hidden_act` gives it.
public enum VisionActivation: String, Sendable, CaseIterable {
    /// x Φ(x).
    case gelu
    /// The tanh approximation.
    case geluTanh = "gelu_pytorch_tanh"
    /// The tanh approximation, under the name that it had before.
    case geluNew = "gelu_new"
    /// The approximation that CLIP was trained with: x σ(1.702 x).
    case quickGELU = "quick_gelu"
    /// max(x, 0).
    case relu
    /// x σ(x).
    case silu

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: x.gelu()
        case .geluTanh, .geluNew: x.gelu(approximate: true)
        case .quickGELU: x * (x * 1.702).sigmoid()
        case .relu: x.relu()
        case .silu: x * x.sigmoid()
        }
    }
}
