import Foundation

/// A linear warm-up to 1, then half a cosine down to 0.
public struct CosineSchedule: Sendable {
    /// Steps of the whole run.
    public let steps: Int
    /// Steps until the factor reaches 1.
    public let warmup: Int

    /// - Parameter warmupShare: the share of all steps that warms up, such as 0.05.
    public init(steps: Int, warmupShare: Double) {
        self.steps = steps
        warmup = Int(warmupShare * Double(steps)) + 1
    }

    /// The factor of the learning rate at a step counted from 0.
    public func factor(at step: Int) -> Double {
        if step < warmup { return Double(step + 1) / Double(warmup) }
        let progress = Double(step - warmup) / Double(max(1, steps - warmup))
        return 0.5 * (1 + cos(.pi * min(1, progress)))
    }
}
