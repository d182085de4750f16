import Torch

/// A network that turns pictures into vectors, one a region and one a picture.
public protocol ImageEncoder: Module {
    /// The structure, from which an equal encoder can be made.
    var configuration: ImageEncoderConfiguration { get }
    /// The preprocessing that the network expects.
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
    /// The encoder's name, such as `resnet152`.
    public var identifier: String { configuration.name }

    /// Encodes decoded pictures.
    public func callAsFunction(_ pictures: [RGBPicture], on device: Device = .cpu) -> ImageFeatures {
        self(preprocessing.pixels(of: pictures).to(device))
    }
}

/// The features of a batch of pictures.
public struct ImageFeatures: Sendable {
    /// One vector a region, `[batch, regions, width]`: the paper's H_v.
    public let regions: Tensor
    /// One vector a picture, `[batch, width]`: the paper's x_v.
    public let pooled: Tensor

    /// Features with a given summary.
    public init(regions: Tensor, pooled: Tensor) {
        self.regions = regions
        self.pooled = pooled
    }

    /// Features of a convolutional network's last map, `[batch, width, height, width]`; the summary is the mean.
    init(map: Tensor) {
        regions = map.reshaped([map.size(0), map.size(1), -1]).transposed(1, 2)
        pooled = regions.mean(1)
    }
}
