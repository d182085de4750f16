import Support

/// Decides from which posts of a step their pictures and contexts are hidden, each with a probability of its own.
///
/// A pure function of the seed and the number of the step, so that a resumed run hides the same.
package struct ModalityDropout: Sendable {
    /// What is hidden from a post.
    package struct Hidden: Sendable, Equatable {
        package let picture: Bool
        package let context: Bool
    }

    private let pictures: Double
    private let contexts: Double
    private let seed: Int

    package init(_ options: TrainingConfiguration.Optimization) {
        (pictures, contexts, seed) = (options.dropPicture, options.dropContext, options.seed)
    }

    /// What is hidden from each of the posts of a step.
    package func hidden(step: Int, count: Int) -> [Hidden] {
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(seed)), stream: Self.firstStream - step)
        return (0..<count).map { _ in
            let (picture, context) = (
                Double.random(in: 0..<1, using: &generator), Double.random(in: 0..<1, using: &generator)
            )
            return Hidden(picture: picture < pictures, context: context < contexts)
        }
    }

    /// The stream of random numbers of the first step, below that of samples.
    private static let firstStream = -2
}
