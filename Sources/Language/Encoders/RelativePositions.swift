import Torch

/// What depends on how far apart two tokens of a sequence are.
enum RelativePositions {
    /// j - i for the tokens i and j of a sequence, each distance once: `[2 length - 1]`, from `1 - length` on.
    static func distances(length: Int) -> Tensor {
        (Tensor.arange(2 * length - 1) - Double(length - 1)).to(.int64)
    }

    /// A value of each distance at all pairs of tokens.
    /// - Parameter values: `[2 length - 1, …]`, in the order of ``distances(length:)``.
    /// - Returns: `[length, length, …]`, row i and column j.
    static func spread(_ values: Tensor, length: Int) -> Tensor {
        let tokens = Tensor.arange(length, device: values.device)
        let places = tokens.unsqueezed(0) - tokens.unsqueezed(1) + Double(length - 1)
        return values.indexSelect(0, places.to(.int64).reshaped([length * length]))
            .reshaped([length, length] + values.shape.dropFirst())
    }
}
