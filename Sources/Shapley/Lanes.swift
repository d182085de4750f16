/// Several players side by side, in double precision.
typealias Lanes = SIMD4<Double>

extension SIMD4<Double> {
    /// `e^x` in every lane, to a relative error of 1e-14; `x` must lie in [-700, 700].
    ///
    /// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: `e^r` by its Taylor polynomial, `2^n` through the exponent's bits (the
    /// reduction of Cody and Waite, "Software Manual for the Elementary Functions", 1980).
    @inline(__always)
    package static func exponential(_ x: Self) -> Self {
        let rounder = Self(repeating: 0x1.8p52)
        let shifted = x * 1.4426950408889634 + rounder
        let n = shifted - rounder
        let r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45

        // Σ r^n / n! in pairs of pairs, so that the terms do not wait for one another.
        func pair(_ constant: Double, _ linear: Double) -> Self { r * linear + Self(repeating: constant) }
        let r2 = r * r
        let r4 = r2 * r2
        let low = pair(1, 1) + r2 * pair(1 / 2, 1 / 6)
        let middle = pair(1 / 24, 1 / 120) + r2 * pair(1 / 720, 1 / 5_040)
        let high = pair(1 / 40_320, 1 / 362_880) + r2 * pair(1 / 3_628_800, 1 / 39_916_800)
        let polynomial = low + r4 * (middle + r4 * high)

        let exponent = (unsafeBitCast(shifted, to: SIMD4<Int64>.self) &+ 1023) &<< 52
        return polynomial * unsafeBitCast(exponent, to: Self.self)
    }

    /// Every lane, brought between two bounds.
    @inline(__always)
    func clamped(_ lower: Double, _ upper: Double) -> Self {
        var result = self
        result.replace(with: lower, where: result .< lower)
        result.replace(with: upper, where: result .> upper)
        return result
    }

    /// The product of the lanes.
    @inline(__always)
    var product: Double { (self[0] * self[2]) * (self[1] * self[3]) }
}
