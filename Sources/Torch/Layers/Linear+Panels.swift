/// Layers in panels in one pass: what one makes and a function of it, what some make of the same.
extension Linear {
    private var panels: PackedLayer? { packed.content.flatMap { $0.engine == .panels ? $0 : nil } }

    /// GELU of the layer's outputs: `[…, inputs]` to `[…, outputs]`.
    public func gelu(_ x: Tensor) -> Tensor {
        panels.map { PackedLayer.outputs(of: [$0], for: x, gelu: true) } ?? self(x).gelu()
    }

    /// What each of some layers makes of the same `[…, inputs]`.
    public static func outputs(of layers: [Linear], for x: Tensor) -> [Tensor] {
        let panels = layers.compactMap(\.panels)
        guard panels.count == layers.count else { return layers.map { $0(x) } }
        let all = PackedLayer.outputs(of: panels, for: x)
        var start = 0
        return panels.map { layer in
            defer { start += layer.bias.count }
            return all.narrow(-1, start: start, length: layer.bias.count)
        }
    }
}
