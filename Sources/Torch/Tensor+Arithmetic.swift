import CTorch

/// Element-wise arithmetic with the engine's broadcasting rules.
extension Tensor {
    public static func + (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_ADD, a.handle, b.handle)) }
    public static func - (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_SUBTRACT, a.handle, b.handle)) }
    public static func * (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_MULTIPLY, a.handle, b.handle)) }
    public static func / (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_DIVIDE, a.handle, b.handle)) }

    public static func + (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_ADD, a.handle, b)) }
    public static func - (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_SUBTRACT, a.handle, b)) }
    public static func * (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_MULTIPLY, a.handle, b)) }
    public static func / (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_DIVIDE, a.handle, b)) }

    public static func + (a: Double, b: Tensor) -> Tensor { b + a }
    public static func - (a: Double, b: Tensor) -> Tensor { -b + a }
    public static func * (a: Double, b: Tensor) -> Tensor { b * a }

    public static prefix func - (a: Tensor) -> Tensor { a.unary(CT_NEGATE) }

    public func abs() -> Tensor { unary(CT_ABS) }
    public func exp() -> Tensor { unary(CT_EXP) }
    public func log() -> Tensor { unary(CT_LOG) }
    public func squareRoot() -> Tensor { unary(CT_SQRT) }
    public func squared() -> Tensor { unary(CT_SQUARE) }
    public func cos() -> Tensor { unary(CT_COS) }
    public func sin() -> Tensor { unary(CT_SIN) }
    public func tanh() -> Tensor { unary(CT_TANH) }
    public func sigmoid() -> Tensor { unary(CT_SIGMOID) }
    public func relu() -> Tensor { unary(CT_RELU) }

    /// The Gaussian error linear unit, exact or with the tanh approximation (Hendrycks and Gimpel, 2016).
    public func gelu(approximate: Bool = false) -> Tensor { unary(approximate ? CT_GELU_TANH : CT_GELU) }

    /// Every element moved into `range`.
    public func clamped(to range: ClosedRange<Double>) -> Tensor {
        Tensor(ct_clamp(handle, range.lowerBound, range.upperBound))
    }

    /// The larger of each two elements.
    public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor(ct_binary(CT_MAXIMUM, a.handle, b.handle)) }
    /// The smaller of each two elements.
    public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor(ct_binary(CT_MINIMUM, a.handle, b.handle)) }

    func unary(_ operation: CTUnary) -> Tensor { Tensor(ct_unary(operation, handle)) }
}

/// Comparisons and choices; truth values are tensors of ``DType/bool``.
extension Tensor {
    public static func .== (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_EQUAL, a.handle, b.handle)) }
    public static func .== (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_EQUAL, a.handle, b)) }
    public static func .< (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_LESS, a.handle, b.handle)) }
    public static func .< (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_LESS, a.handle, b)) }
    public static func .> (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_GREATER, a.handle, b.handle)) }
    public static func .> (a: Tensor, b: Double) -> Tensor { Tensor(ct_binary_scalar(CT_GREATER, a.handle, b)) }
    public static func .& (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_AND, a.handle, b.handle)) }
    public static func .| (a: Tensor, b: Tensor) -> Tensor { Tensor(ct_binary(CT_OR, a.handle, b.handle)) }
    public static prefix func .! (a: Tensor) -> Tensor { a.unary(CT_LOGICAL_NOT) }

    /// Whether each element is neither infinite nor NaN.
    public func isFinite() -> Tensor { unary(CT_IS_FINITE) }

    /// `a` where `condition` holds, `b` elsewhere.
    public static func choose(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        Tensor(ct_where(condition.handle, a.handle, b.handle))
    }

    /// `value` where `mask` holds, the tensor's own elements elsewhere.
    public func masked(_ mask: Tensor, with value: Double) -> Tensor {
        Tensor(ct_masked_fill(handle, mask.handle, value))
    }
}

prefix operator .!
