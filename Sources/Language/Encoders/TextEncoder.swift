import Torch

/// A network that turns tokens into vectors.
public protocol TextEncoder: Module {
    /// The structure.
    var configuration: TextEncoderConfiguration { get }

    /// The hidden states of the last layer, `[batch, length, width]`.
    /// - Parameters:
    ///   - tokenIDs: `[batch, length]`
    ///   - segmentIDs: `[batch, length]`; encoders with fewer than two segments make nothing of them.
    ///   - attentionMask: `[batch, length]`, true for tokens and false for padding; nil where nothing is padding.
    func callAsFunction(tokenIDs: Tensor, segmentIDs: Tensor, attentionMask: Tensor?) -> Tensor

    /// The names that its published weights use, below a head.
    var keyMap: KeyMap { get }
}

extension TextEncoder {
    /// d: the length of each vector.
    public var width: Int { configuration.width }
    /// The number of rows in the table of token vectors.
    public var vocabularySize: Int { configuration.vocabularySize }
    /// The longest sequence.
    public var maximumPositions: Int { configuration.maximumPositions }

    /// Copies weights into this encoder.
    /// - Parameter weights: tensors by the names that published weights have.
    /// - Throws: `WeightMismatch`.
    public func load(published weights: [String: Tensor]) throws {
        try load(weights.withPlainNames(prefix: configuration.kind.prefix), keyMap: keyMap)
    }

    /// Its linear layers, and the adapters that are or may be in them.
    public var adapters: NetworkAdapters {
        NetworkAdapters(self, keyMap: keyMap, prefix: configuration.kind.prefix)
    }
}
