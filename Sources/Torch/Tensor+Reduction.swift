import CTorch

/// Reductions; no dimensions mean all of them.
extension Tensor {
    public func sum(_ dimensions: Int..., keepDimension: Bool = false) -> Tensor {
        reduced(CT_SUM, dimensions, keepDimension)
    }

    public func mean(_ dimensions: Int..., keepDimension: Bool = false) -> Tensor {
        reduced(CT_MEAN, dimensions, keepDimension)
    }

    public func max(_ dimensions: Int..., keepDimension: Bool = false) -> Tensor {
        reduced(CT_AMAX, dimensions, keepDimension)
    }

    public func min(_ dimensions: Int..., keepDimension: Bool = false) -> Tensor {
        reduced(CT_AMIN, dimensions, keepDimension)
    }

    /// The logarithm of the sum of exponentials, without overflow.
    public func logSumExp(_ dimensions: Int..., keepDimension: Bool = false) -> Tensor {
        reduced(CT_LOG_SUM_EXP, dimensions, keepDimension)
    }

    /// The sum of each element and those before it along a dimension.
    public func cumulativeSum(_ dimension: Int) -> Tensor { Tensor(ct_cumulative_sum(handle, dimension)) }

    /// The position of the largest element along a dimension.
    public func argmax(_ dimension: Int) -> Tensor { Tensor(ct_argmax(handle, dimension)) }

    /// The Euclidean norm along a dimension.
    public func norm(_ dimension: Int, keepDimension: Bool = false) -> Tensor {
        Tensor(ct_norm(handle, dimension, keepDimension))
    }

    /// Exponentials that sum to 1 along a dimension.
    public func softmax(_ dimension: Int) -> Tensor { Tensor(ct_softmax(handle, dimension)) }

    /// The logarithm of ``softmax(_:)``, without overflow.
    public func logSoftmax(_ dimension: Int) -> Tensor { Tensor(ct_log_softmax(handle, dimension)) }

    private func reduced(_ operation: CTReduction, _ dimensions: [Int], _ keep: Bool) -> Tensor {
        Tensor(ct_reduce(operation, handle, dimensions, dimensions.count, keep))
    }
}
