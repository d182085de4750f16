/// Several players side by side, in double precision.
typealias Lanes = SIMD4<Double>

extension SIMD4<Double> {
    /// `e^x` in every lane, to within 2 units in the last place; `x` must lie in [-700, 700].
    ///
    /// `x = n ln 2 + r` with `|r| <= ln 2 / 2`: `e^r` by its Taylor polynomial, `2^n` through the exponent's bits (the
    /// reduction of Cody and Waite, "Software Manual for the Elementary Functions", 1980).
    @inline(__always)
    static func exponential(_ x: Self) -> Self {
        let rounder = Self(repeating: 0x1.8p52)
        let shifted = x * 1.4426950408889634 + rounder
        let n = shifted - rounder
        let r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45

        var polynomial = Self(repeating: 1 / 479_001_600)
        polynomial = polynomial * r + 1 / 39_916_800
        polynomial = polynomial * r + 1 / 3_628_800
        polynomial = polynomial * r + 1 / 362_880
        polynomial = polynomial * r + 1 / 40_320
        polynomial = polynomial * r + 1 / 5_040
        polynomial = polynomial * r + 1 / 720
        polynomial = polynomial * r + 1 / 120
        polynomial = polynomial * r + 1 / 24
        polynomial = polynomial * r + 1 / 6
        polynomial = polynomial * r + 0.5
        polynomial = polynomial * r + 1
        polynomial = polynomial * r + 1

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
