import CTorch

/// The weights of a layer as an engine wants them, and what is added.
struct PackedLayer: Sendable {
    let engine: ProductEngine
    let weight: Tensor
    let bias: Tensor

    /// What layers in panels make of x, side by side, and GELU of it where that is asked for: all in one pass.
    ///
    /// With few rows, as those of one post, threads would wait longer for each other than they work.
    static func outputs(of layers: [PackedLayer], for x: Tensor, gelu: Bool = false) -> Tensor {
        withExtendedLifetime(layers) {
            Tensor(
                ct_panel_linear(
                    x.handle, layers.map(\.weight.handle), layers.map(\.bias.handle), layers.count, gelu))
        }
    }
}
