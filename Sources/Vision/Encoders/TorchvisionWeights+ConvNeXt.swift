import Torch

extension TorchvisionWeights {
    /// A ConvNeXt (`torchvision.models.convnext`); nil if the weights are of none.
    static func convNeXt(_ weights: [String: Tensor]) -> TorchvisionWeights? {
        let stageCount = count(in: weights) { block($0, 0) + ".layer_scale" }
        guard stageCount > 0, let stem = weights["features.0.0.weight"]?.shape, stem.count == 4 else { return nil }
        var structure = ConvNeXtConfiguration(.first)
        structure.patchSide = stem[2]
        structure.depths = (0..<stageCount).map { stage in count(in: weights) { block(stage, $0) + ".layer_scale" } }
        structure.widths = (0..<stageCount).map { weights[block($0, 0) + ".layer_scale"]?.size(0) ?? 0 }
        structure.normalizationEpsilon = 1e-6
        let scales = weights.map { name, tensor in
            (name, name.hasSuffix(".layer_scale") ? tensor.reshaped([-1]) : tensor)
        }
        return TorchvisionWeights(
            structure: .convNeXt(structure), preprocessing: preprocessing(of: structure),
            weights: Dictionary(uniqueKeysWithValues: scales), keyMap: convNeXtKeys(stageCount))
    }

    /// Torchvision scales pictures to 236 pixels for the tiny network, to 230 for the small one, and to 232 for others.
    private static func preprocessing(of structure: ConvNeXtConfiguration) -> Preprocessing {
        let sides = [96: [[3, 3, 9, 3]: 236, [3, 3, 27, 3]: 230]]
        return preprocessing(shortestSide: sides[structure.widths[0]]?[structure.depths] ?? 232, cropSide: 224)
    }

    private static func block(_ stage: Int, _ index: Int) -> String { "features.\(2 * stage + 1).\(index)" }

    private static func convNeXtKeys(_ stageCount: Int) -> KeyMap {
        let parts = [
            ("block.0", "depthwise"), ("block.2", "norm"), ("block.3", "widening"), ("block.5", "narrowing"),
            ("layer_scale", "scale"),
        ]
        let rows = (0..<stageCount).flatMap { stage in
            parts.map { ("features.\(2 * stage + 1).*.\($0.0)", "stages.\(stage).blocks.*.\($0.1)") } + [
                ("features.\(2 * stage).0", stage == 0 ? "stem" : "stages.\(stage).norm"),
                ("features.\(2 * stage).1", stage == 0 ? "stemNorm" : "stages.\(stage).reduction"),
            ]
        }
        let stages = rows.map { (pattern: $0.0, target: KeyMap.Target.path($0.1)) }
        return KeyMap(stages + [("classifier.0", "lastNorm"), ("classifier", .unused)])
    }
}
