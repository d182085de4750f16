import Torch

/// A network that turns pictures into vectors, one a region and one a picture.
public protocol ImageEncoder: Module {
    /// The architecture's name, such as `resnet152`.
    var identifier: String { get }
    /// How the network wants its pictures.
    var preprocessing: Preprocessing { get }
    /// The length of each vector.
    var width: Int { get }
    /// The number of regions that a picture is divided into.
    var regionCount: Int { get }
    /// The names that its published weights use.
    var keyMap: KeyMap { get }

    /// Encodes pixels `[batch, 3, side, side]`.
    func callAsFunction(_ pixels: Tensor) -> ImageFeatures
}

extension ImageEncoder {
    /// Encodes decoded pictures.
    public func callAsFunction(_ pictures: [RGBPicture], on device: Device = .cpu) -> ImageFeatures {
        self(preprocessing.pixels(of: pictures).to(device))
    }
}
