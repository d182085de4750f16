import CTorch

extension Tensor {
    /// Whether gradients with respect to this tensor are wanted, or pass through it.
    public var requiresGradient: Bool { ct_requires_grad(handle) }

    /// Asks for gradients with respect to this tensor, or stops doing so.
    @discardableResult
    public func requiringGradient(_ required: Bool = true) -> Tensor {
        check(ct_set_requires_grad(handle, required))
        return self
    }

    /// The gradient that ``backward()`` accumulated.
    public var gradient: Tensor? {
        get { ct_grad(handle).map { Tensor($0) } }
        set { check(ct_set_grad(handle, newValue?.handle)) }
    }

    /// Adds the gradient of this scalar to that of every tensor it was computed from.
    public func backward() { check(ct_backward(handle)) }

    /// The gradients of this scalar with respect to other tensors, which keep theirs as they are; nil for one that it does
    /// not depend on. The graph stays, for another of its scalars.
    package func gradients(withRespectTo tensors: [Tensor]) -> [Tensor?] {
        let handles: [CTTensorRef?] = tensors.map(\.handle)
        var found = [CTTensor?](repeating: nil, count: tensors.count)
        check(ct_gradients(handle, handles, handles.count, &found))
        return found.map { $0.map { Tensor($0) } }
    }

    /// The same elements, cut off from the gradient graph.
    public func detached() -> Tensor { unary(CT_DETACH) }

    /// A scalar that was computed elsewhere from this tensor, with its gradient, as part of the graph.
    /// - Parameters:
    ///   - value: the scalar.
    ///   - gradient: its derivative with respect to every element of this tensor, in this tensor's shape.
    public func scalar(_ value: Double, gradient: Tensor) -> Tensor {
        Tensor(ct_with_gradient(handle, gradient.handle, value))
    }

    /// Copies elements into this tensor, outside the graph, converting type and device.
    public func copy(from source: Tensor) { check(ct_copy_(handle, source.handle)) }

    /// Puts `value` into every element, outside the graph.
    public func fill(_ value: Double) { check(ct_fill_(handle, value)) }

    /// Draws every element from a normal distribution, outside the graph.
    package func fillNormal(mean: Double = 0, deviation: Double) { check(ct_normal_(handle, mean, deviation)) }

    /// Draws every element uniformly from `range`, outside the graph.
    package func fillUniform(_ range: Range<Double>) { check(ct_uniform_(handle, range.lowerBound, range.upperBound)) }

    /// Makes this tensor refer to the elements of another.
    package func adopt(_ other: Tensor) { check(ct_set_data(handle, other.handle)) }
}

/// Runs `body` without recording a gradient graph. The setting belongs to the thread: do not suspend inside.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_set_grad_enabled(false)
    defer { _ = ct_set_grad_enabled(before) }
    return try body()
}

/// Runs `body` with matrix products in `dtype` and all else in the precision that its numerics need.
///
/// `nil` runs `body` as it is. The setting belongs to the thread: do not suspend inside, and do not nest.
public func withAutocast<Result>(
    _ dtype: DType?, on device: Device = .cpu, _ body: () throws -> Result
) rethrows -> Result {
    guard let dtype else { return try body() }
    return try keepingCasts {
        check(ct_set_autocast(true, dtype.rawValue, device.engine))
        defer { check(ct_set_autocast(false, dtype.rawValue, device.engine)) }
        return try body()
    }
}

/// Runs `body`, in which one ``withAutocast(_:on:_:)`` after another may use the same copies of the weights in its
/// precision: the weights must not change.
func keepingCasts<Result>(_ body: () throws -> Result) rethrows -> Result {
    ct_casts_keep()
    defer { ct_casts_release() }
    return try body()
}
