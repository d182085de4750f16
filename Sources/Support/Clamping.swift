/// Arithmetic on numbers that files and servers give, which may be anything.
extension Int {
    /// The nearest whole number towards zero, or the end of the range that it is beyond; 0 for what is no number.
    package init(clamping number: Double) {
        self = number.isNaN ? 0 : Int(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : .max)
    }

    /// The sum, or the end of the range that it is beyond.
    package func addingClamped(_ other: Int) -> Int {
        let (sum, isBeyond) = addingReportingOverflow(other)
        return isBeyond ? (other < 0 ? .min : .max) : sum
    }

    /// The product, or the end of the range that it is beyond.
    package func multiplyingClamped(by factor: Int) -> Int {
        let (product, isBeyond) = multipliedReportingOverflow(by: factor)
        return isBeyond ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}
