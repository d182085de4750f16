/// Sets elements to 0 at random while training (Srivastava et al., 2014).
public final class Dropout: Module {
    /// The share of elements set to 0.
    public let probability: Double

    public init(_ probability: Double) { self.probability = probability }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.dropout(probability, training: isTraining) }
}
