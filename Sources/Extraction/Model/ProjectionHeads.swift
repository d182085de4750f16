import Torch

/// The perceptrons between representations and games, for `alignment.projection = perceptron` (Chen et al., 2020).
package final class ProjectionHeads: Module {
    package let text: ProjectionHead
    package let context: ProjectionHead
    package let picture: ProjectionHead?

    /// - Parameters:
    ///   - width: d.
    ///   - hasPictures: whether pictures are ever seen.
    init(width: Int, hasPictures: Bool) {
        text = ProjectionHead(width: width)
        context = ProjectionHead(width: width)
        picture = hasPictures ? ProjectionHead(width: width) : nil
    }

    func callAsFunction(_ vectors: AlignmentVectors) -> AlignmentVectors {
        var projected = vectors
        projected.text = text(vectors.text)
        projected.context = vectors.context.map { context($0) }
        projected.picture = vectors.picture.flatMap { picture?($0) }
        return projected
    }
}

/// Two linear layers with a ReLU between them, from and to the encoder's width: `[batch, d]`.
package final class ProjectionHead: Module {
    package let hidden: Linear
    package let output: Linear

    init(width: Int) {
        hidden = Linear(width, width)
        output = Linear(width, width)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { output(hidden(x).relu()) }
}
