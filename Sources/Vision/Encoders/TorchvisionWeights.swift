import Torch

/// Weights under torchvision's names of a vision transformer or a ConvNeXt. There is no `config.json` beside them: names and
/// shapes tell the structure, and it tells the pictures that torchvision's weights of that structure were trained on.
struct TorchvisionWeights {
    let structure: ImageEncoderStructure
    let preprocessing: Preprocessing
    /// The tensors as ``keyMap`` needs them.
    let weights: [String: Tensor]
    /// The paths of the network for torchvision's names.
    let keyMap: KeyMap

    /// Recognises the structure; nil if there is none that has these weights.
    static func recognized(_ weights: [String: Tensor]) -> TorchvisionWeights? {
        transformer(weights) ?? convNeXt(weights)
    }

    /// The preprocessing of torchvision's weights: bilinear, with the colours of ImageNet.
    static func preprocessing(shortestSide: Int, cropSide: Int) -> Preprocessing {
        Preprocessing(
            geometry: PictureGeometry(shortestSide: shortestSide, cropSide: cropSide, filter: .bilinear),
            mean: Preprocessing.imageNet.mean, deviation: Preprocessing.imageNet.deviation)
    }

    /// The number of layers or blocks whose weights have a name.
    static func count(in weights: [String: Tensor], _ name: (Int) -> String) -> Int {
        (0...).first { weights[name($0)] == nil } ?? 0
    }
}
