/// What `transformers` makes of pictures where a `preprocessor_config.json` leaves something out.
enum ImageProcessor: String, CaseIterable, Sendable {
    case clip = "CLIPImageProcessor"
    case siglip = "SiglipImageProcessor"
    case vit = "ViTImageProcessor"
    /// DINOv2's.
    case bit = "BitImageProcessor"
    case convNeXt = "ConvNextImageProcessor"

    /// The processor that a file names, in any of its versions: `…Fast`, `…Pil`, and `…FeatureExtractor` of old.
    init?(named name: String) {
        var name = name.replacing("FeatureExtractor", with: "ImageProcessor")
        for ending in ["Fast", "Pil"] where name.hasSuffix(ending) { name.removeLast(ending.count) }
        self.init(rawValue: name)
    }

    /// The size of pictures; each side where ``sizesAreSquare``, else the shortest.
    var size: Int { self == .convNeXt ? 384 : 224 }
    /// Whether a size without names is that of both sides.
    var sizesAreSquare: Bool { self == .siglip || self == .vit }
    /// Whether the centre is cut out.
    var crops: Bool { self == .clip || self == .bit }
    var filter: PictureFilter { self == .vit ? .bilinear : .bicubic }
    /// Mean and deviation of each colour.
    var colours: (mean: [Double], deviation: [Double]) {
        switch self {
        case .clip, .bit: ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
        case .siglip, .vit, .convNeXt: ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
        }
    }
}
