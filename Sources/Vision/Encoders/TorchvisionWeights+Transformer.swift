import Torch

extension TorchvisionWeights {
    /// The heads of torchvision's transformers (B; L and H), which no shape shows, by their width.
    private static let headCounts = [768: 12, 1024: 16, 1280: 16]

    /// A vision transformer (`torchvision.models.vision_transformer`); nil if the weights are of none.
    static func transformer(_ weights: [String: Tensor]) -> TorchvisionWeights? {
        func shape(_ name: String, _ count: Int) -> [Int]? {
            weights[name].flatMap { $0.shape.count == count ? $0.shape : nil }
        }
        guard let patch = shape("conv_proj.weight", 4), let headCount = headCounts[patch[0]],
            let places = shape("encoder.pos_embedding", 3)?[1], places > 1,
            let inner = (shape("\(layer(0)).mlp.0.weight", 2) ?? shape("\(layer(0)).mlp.linear_1.weight", 2))?[0]
        else { return nil }
        var structure = VisionTransformerConfiguration(.vit)
        structure.width = patch[0]
        structure.headCount = headCount
        structure.layerCount = count(in: weights) { "\(layer($0)).ln_1.weight" }
        structure.innerWidth = inner
        structure.patchSide = patch[2]
        structure.pictureSide = Int(Double(places - 1).squareRoot().rounded()) * patch[2]
        structure.normalizationEpsilon = 1e-6
        return TorchvisionWeights(
            structure: .transformer(structure), preprocessing: preprocessing(of: structure),
            weights: separated(weights), keyMap: transformerKeys(structure.layerCount))
    }

    /// Pictures of 224 pixels are cut out of larger ones; the weights for larger pictures were trained without a margin.
    private static func preprocessing(of structure: VisionTransformerConfiguration) -> Preprocessing {
        let side = structure.pictureSide
        let isLarge = structure.width == 1024 && structure.patchSide == 16
        return preprocessing(shortestSide: side == 224 ? (isLarge ? 242 : 256) : side, cropSide: side)
    }

    private static func layer(_ index: Int) -> String { "encoder.layers.encoder_layer_\(index)" }

    /// Queries, keys and values, which torchvision stores as one, each under a name of its own.
    private static func separated(_ weights: [String: Tensor]) -> [String: Tensor] {
        var separated: [String: Tensor] = [:]
        for (name, tensor) in weights {
            guard let end = name.range(of: ".in_proj_"), tensor.size(0).isMultiple(of: 3) else {
                separated[name] = tensor
                continue
            }
            let width = tensor.size(0) / 3
            for (index, part) in ["query", "key", "value"].enumerated() {
                separated["\(name[..<end.lowerBound]).\(part).\(name[end.upperBound...])"] =
                    tensor.narrow(0, start: index * width, length: width)
            }
        }
        return separated
    }

    private static func transformerKeys(_ layerCount: Int) -> KeyMap {
        let parts = [
            ("ln_1", "attentionNorm"), ("self_attention.query", "query"), ("self_attention.key", "key"),
            ("self_attention.value", "value"), ("self_attention.out_proj", "output"), ("ln_2", "innerNorm"),
            ("mlp.0", "widening"), ("mlp.linear_1", "widening"), ("mlp.3", "narrowing"), ("mlp.linear_2", "narrowing"),
        ]
        let layers = (0..<layerCount).flatMap { index in
            parts.map { (pattern: "\(layer(index)).\($0.0)", target: KeyMap.Target.path("layers.\(index).\($0.1)")) }
        }
        return KeyMap(
            layers + [
                ("class_token", "classEmbedding"), ("conv_proj", "patchEmbedding"),
                ("encoder.pos_embedding", "positionEmbedding.weight"), ("encoder.ln", "lastNorm"), ("heads", .unused),
            ])
    }
}
