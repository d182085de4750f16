import Torch

/// What a network sees in a batch of pictures.
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
