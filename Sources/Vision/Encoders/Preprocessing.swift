import Support
import Torch

/// The pictures that a network expects: their square, and their numbers, `(byte / 255 - mean) / deviation`.
public struct Preprocessing: Sendable, Hashable, CustomStringConvertible {
    /// The square that the network looks at.
    public let geometry: PictureGeometry
    /// Red, green and blue on a scale from 0 to 1.
    public let mean: [Float]
    /// Red, green and blue on a scale from 0 to 1.
    public let deviation: [Float]

    /// A preprocessing with three means and three deviations.
    public init(geometry: PictureGeometry, mean: [Float], deviation: [Float]) {
        precondition(mean.count == 3 && deviation.count == 3, "a picture has three colours")
        self.geometry = geometry
        self.mean = mean
        self.deviation = deviation
    }

    /// The preprocessing of torchvision's ImageNet weights.
    public static let imageNet = Preprocessing(
        geometry: PictureGeometry(shortestSide: 256, cropSide: 224),
        mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

    /// The preprocessing of OpenAI's CLIP at 224 pixels.
    public static let clip = Preprocessing(
        geometry: PictureGeometry(shortestSide: 224, cropSide: 224),
        mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])

    /// The preprocessing of EfficientNet-Lite0.
    public static let efficientNetLite0 = efficientNetLite(side: 224)

    /// The preprocessing of an EfficientNet-Lite: `(byte - 127) / 128`, and a centre crop that leaves 16 pixels on every
    /// side (`MEAN_RGB`, `STDDEV_RGB` and `CROP_PADDING` of TensorFlow's EfficientNet-Lite).
    static func efficientNetLite(side: Int) -> Preprocessing {
        Preprocessing(
            geometry: PictureGeometry(shortestSide: side + 32, cropSide: side),
            mean: [Float](repeating: 127.0 / 255, count: 3), deviation: [Float](repeating: 128.0 / 255, count: 3))
    }

    /// The numbers that a network reads: `[batch, 3, side, side]`, stored pixel by pixel (channels last).
    /// - Precondition: Every picture has the side of the geometry's crop.
    public func pixels(of pictures: [RGBPicture]) -> Tensor {
        let side = geometry.cropSide
        let values = (0..<3).map { colour in
            (0...255).map { (Float($0) / 255 - mean[colour]) / deviation[colour] }
        }
        let count = pictures.count * side * side * 3
        let numbers = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for picture in pictures {
                precondition(picture.side == side, "a picture of side \(picture.side) for a network that sees \(side)")
                picture.bytes.withUnsafeBufferPointer { bytes in
                    for start in stride(from: 0, to: bytes.count, by: 3) {
                        for colour in 0..<3 {
                            buffer[initialized] = values[colour][Int(bytes[start + colour])]
                            initialized += 1
                        }
                    }
                }
            }
        }
        return Tensor(numbers, shape: [pictures.count, side, side, 3]).permuted([0, 3, 1, 2])
    }

    /// The settings in one line, by which caches distinguish them.
    public var description: String { "\(geometry) mean \(mean) deviation \(deviation)" }
}

extension Preprocessing: Codable {
    private enum CodingKeys: CodingKey { case geometry, mean, deviation }

    /// Reads three means and three deviations with the geometry.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        geometry = try fields.decode(PictureGeometry.self, forKey: .geometry)
        mean = try fields.value(.mean, rule: "three numbers") { $0.count == 3 }
        deviation = try fields.value(.deviation, rule: "three numbers above 0") { deviation in
            deviation.count == 3 && deviation.allSatisfy { $0 > 0 }
        }
    }
}
