import CTorch

/// The functions that layers are made of.
extension Tensor {
    /// The matrix product of the last two dimensions, batched over those before.
    public func matmul(_ other: Tensor) -> Tensor { Tensor(ct_matmul(handle, other.handle)) }

    /// `self · weightᵀ + bias` for `[…, inputs]`, weight `[outputs, inputs]`, bias `[outputs]`.
    ///
    /// On the CPU each product goes to the engine that ``KernelChoice/use()`` has named.
    public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
        Tensor(ct_linear(handle, weight.handle, bias?.handle))
    }

    /// Layer normalisation over the last dimension (Ba et al., 2016).
    public func layerNorm(_ weight: Tensor?, _ bias: Tensor?, epsilon: Double) -> Tensor {
        Tensor(ct_layer_norm(handle, weight?.handle, bias?.handle, size(-1), epsilon))
    }

    /// The rows of this table `[count, width]` that `indices` name: `[…, width]`.
    public func embedding(_ indices: Tensor, paddingIndex: Int = -1) -> Tensor {
        Tensor(ct_embedding(handle, indices.handle, paddingIndex))
    }

    /// Sets elements to 0 with `probability` and scales the others up, when `training`.
    public func dropout(_ probability: Double, training: Bool) -> Tensor {
        training && probability > 0 ? Tensor(ct_dropout(handle, probability)) : self
    }

    /// Scaled dot-product attention (Vaswani et al., 2017): queries `[batch, heads, n, width]`, keys and values
    /// `[batch, heads, m, width]`, mask broadcast to `[batch, heads, n, m]`: `true` where a key may be seen. Every
    /// query must see a key. `bias`, broadcast to `[batch, heads, n, m]`, is added to the scaled scores. `dropout` is the
    /// share of attention weights set to 0.
    public static func attention(
        query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, bias: Tensor? = nil, dropout: Double = 0
    ) -> Tensor {
        let scale = 1 / Double(query.size(-1)).squareRoot()
        if let bias {
            let scores = query.matmul(key.transposed()) * scale + bias
            return average(of: value, weighedBy: scores, mask: mask, dropout: dropout)
        }
        guard query.device.isCPU else {
            guard dropout > 0 else { return Tensor(ct_attention(query.handle, key.handle, value.handle, mask?.handle)) }
            let scores = query.matmul(key.transposed()) * scale
            return average(of: value, weighedBy: scores, mask: mask, dropout: dropout)
        }
        if dropout == 0, [query, key, value].allSatisfy({ $0.dtype == .float32 && !$0.requiresGradient }),
            mask.map({ $0.rank == 4 && $0.size(1) == 1 && $0.size(2) == 1 }) ?? true
        {
            return Tensor(ct_attention_in_use(query.handle, key.handle, value.handle, mask?.handle, scale))
        }
        // The engine's own kernel for the CPU multiplies one head at a time; it pays where scores would fill the caches.
        guard dropout > 0 || query.size(-2) * key.size(-2) <= longestOfWeights * longestOfWeights else {
            return Tensor(ct_attention(query.handle, key.handle, value.handle, mask?.handle))
        }
        let scores = query.matmul(key.transposed())
        return Tensor(ct_attention_weights(scores.handle, mask?.handle, scale, dropout)).matmul(value)
    }

    /// The last step of attention, from scores that are scaled already.
    private static func average(of value: Tensor, weighedBy scores: Tensor, mask: Tensor?, dropout: Double) -> Tensor {
        guard scores.device.isCPU else {
            let seen = mask.map { scores.masked(.!$0, with: -.infinity) } ?? scores
            return seen.softmax(-1).to(value.dtype).dropout(dropout, training: true).matmul(value)
        }
        return Tensor(ct_attention_weights(scores.handle, mask?.handle, 1, dropout)).to(value.dtype).matmul(value)
    }

    /// The length of sequences up to which attention keeps all its weights when there is no dropout.
    private static let longestOfWeights = 128

    /// `gelu(left[i] + right[j]) · weightᵀ + bias` for pairs of rows: `[pairs, outputs]`.
    ///
    /// On the CPU the hidden values are never all in memory: they are made again for the gradient.
    /// - Parameters:
    ///   - left: `[rows, width]`, 32-bit floats.
    ///   - right: `[rows, width]`, 32-bit floats.
    ///   - pairs: i and j of each pair, `[pairs]` each.
    ///   - weight: `[outputs, width]`
    ///   - bias: `[outputs]`
    public static func pairScores(
        left: Tensor, right: Tensor, pairs: (rows: Tensor, columns: Tensor), weight: Tensor, bias: Tensor
    ) -> Tensor {
        guard left.device.isCPU else {
            return (left.indexSelect(0, pairs.rows) + right.indexSelect(0, pairs.columns)).gelu().linear(weight, bias)
        }
        return Tensor(
            ct_pair_scores(
                left.handle, right.handle, pairs.rows.handle, pairs.columns.handle, weight.handle, bias.handle))
    }

    /// The mean cross-entropy of logits `[n, classes]` against class numbers `[n]`; `ignoring` marks targets left out.
    public func crossEntropy(_ targets: Tensor, ignoring ignored: Int = -100) -> Tensor {
        Tensor(ct_cross_entropy(handle, targets.handle, ignored))
    }

    /// Two-dimensional convolution of `[batch, channels, height, width]`.
    public func conv2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
    ) -> Tensor {
        Tensor(ct_conv2d(handle, weight.handle, bias?.handle, stride, padding, groups))
    }

    /// Batch normalisation of `[batch, channels, height, width]` (Ioffe and Szegedy, 2015).
    public func batchNorm(
        _ weight: Tensor?, _ bias: Tensor?, mean: Tensor, variance: Tensor, training: Bool, momentum: Double = 0.1,
        epsilon: Double
    ) -> Tensor {
        Tensor(
            ct_batch_norm(
                handle, weight?.handle, bias?.handle, mean.handle, variance.handle, training, momentum, epsilon))
    }

    /// The largest element under a square window that moves over `[batch, channels, height, width]`.
    public func maxPool2d(kernel: Int, stride: Int, padding: Int = 0) -> Tensor {
        Tensor(ct_max_pool2d(handle, kernel, stride, padding))
    }
}
