import Foundation
import Support

extension SplitMix64 {
    /// A number between two bounds.
    mutating func number(_ low: Double, _ high: Double) -> Double { Double.random(in: low...high, using: &self) }

    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }

    /// An element of a list that is not empty.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }

    /// A number from the standard normal distribution (Box and Muller, 1958).
    mutating func normal() -> Double {
        let radius = (-2 * log(number(.leastNormalMagnitude, 1))).squareRoot()
        return radius * cos(2 * .pi * number(0, 1))
    }
}
