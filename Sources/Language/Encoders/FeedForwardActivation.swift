import Torch

/// A function between the matrices of a feed-forward layer.
public enum FeedForwardActivation: String, Sendable, Codable, CaseIterable {
    /// x Φ(x).
    case gelu
    /// The tanh approximation.
    case geluApproximate = "gelu_new"
    /// max(x, 0).
    case relu

    /// The function of what a layer makes of x.
    func callAsFunction(_ layer: Linear, _ x: Tensor) -> Tensor { self == .gelu ? layer.gelu(x) : self(layer(x)) }

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .gelu: x.gelu()
        case .geluApproximate: x.gelu(approximate: true)
        case .relu: x.relu()
        }
    }
}
