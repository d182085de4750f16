import Torch

/// Adapters of low rank in the linear layers of encoders, whose own weights stay as they are (LoRA; Hu et al., 2022).
public struct AdapterOptions: Sendable, Equatable {
    /// The width between the two matrices of an adapter; 0 for no adapters.
    public var rank = 0
    /// The number that the rank divides to scale what an adapter adds.
    public var alpha = 16.0
    /// The share of an adapter's inputs set to 0 while training.
    public var dropout = 0.0
    /// The published names of the adapted layers, or what they end in from a dot on, such as `attention.self.query` or
    /// `query`; none for all linear layers.
    public var targets: [String] = []

    public init() {}

    /// Whether there are adapters.
    public var isOn: Bool { rank > 0 }

    /// The numbers that ``rank`` can be.
    package static let ranks = 0...AdapterConfiguration.ranks.upperBound

    /// These adapters in layers with some names; in all layers where there are no names.
    func configuration(targets: [String]) -> AdapterConfiguration {
        var configuration = AdapterConfiguration(
            rank: rank, alpha: alpha, layers: LayerChoice(targets.isEmpty ? .all : .endings(targets)))
        configuration.dropout = dropout
        return configuration
    }
}
