/// The numbers that a setting may have, for its help, its reading and its error.
extension ClosedRange where Bound: LosslessStringConvertible {
    /// The range as people write it: `0.001 to 1000`.
    package var words: String { "\(Self.word(lowerBound)) to \(Self.word(upperBound))" }

    /// What a number must be: `a whole number from 1 to 16`.
    package var rule: String {
        (Bound.self is any BinaryInteger.Type ? "a whole number" : "a number") + " from \(words)"
    }

    /// The number that a text says; nil where it says none, or one outside of the range.
    package func number(in text: String) -> Bound? { Bound(text).flatMap { contains($0) ? $0 : nil } }

    /// `120`, not `120.0`.
    private static func word(_ number: Bound) -> String {
        let text = number.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
