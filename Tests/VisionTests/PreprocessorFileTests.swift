import Foundation
import TestSupport
import Testing
import Vision

/// What `preprocessor_config.json` says, against the processors of `transformers`.
@Suite("Preprocessors of Hugging Face folders")
struct PreprocessorFileTests {
    /// A picture as the processor makes it, in bytes.
    struct Look: Decodable {
        let side: Int
        /// The means of an 8 x 8 grid, a plane a colour.
        let grid: [Double]
        /// Evenly spread pixels, a plane a colour.
        let bytes: [Int]
    }

    struct Case: Decodable {
        let processor: String
        /// The numbers of a pixel of the colour (255, 0, 51).
        let colour: [Float]
        let pictures: [String: Look]
    }

    private struct Document: Decodable { let cases: [String: Case] }

    private static let file = "image-processors.json"
    static let names = ((try? Fixture.decode(Document.self, file))?.cases.keys.sorted()) ?? []

    /// The families whose folders need not name their processor.
    private static let families = [
        "CLIPImageProcessor": "clip_vision_model", "SiglipImageProcessor": "siglip_vision_model",
        "BitImageProcessor": "dinov2", "ViTImageProcessor": "vit", "ConvNextImageProcessor": "convnext",
    ]

    /// The preprocessing of a folder that says this.
    /// - Parameter side: the pictures for which the encoder has positions.
    private func preprocessing(_ file: [String: Any], of family: String, side: Int = 224) throws -> Preprocessing {
        try withTemporaryFolder { folder in
            let config: [String: Any] = ["model_type": family, "image_size": side, "patch_size": 4]
            for (content, name) in [(config, "config.json"), (file, "preprocessor_config.json")] {
                try JSONSerialization.data(withJSONObject: content).write(to: folder.appending(path: name))
            }
            return try PublishedImageEncoder(folder: folder).preprocessing
        }
    }

    private func read(_ name: String) throws -> (case: Case, preprocessing: Preprocessing) {
        let document = try JSONSerialization.jsonObject(with: Fixture.data(Self.file)) as? [String: Any]
        let cases = try #require(document?["cases"] as? [String: [String: Any]])
        let file = try #require(cases[name]?["file"] as? [String: Any])
        let expected = try #require(Fixture.decode(Document.self, Self.file).cases[name])
        let family = try #require(Self.families[expected.processor])
        let side = try #require(expected.pictures["cat.jpg"]).side
        return (expected, try preprocessing(file, of: family, side: side))
    }

    @Test("An image processor is read from the file of all processors too, and after its own file")
    func processorFile() throws {
        try withTemporaryFolder { folder in
            func write(_ content: [String: Any], _ name: String) throws {
                try JSONSerialization.data(withJSONObject: content).write(to: folder.appending(path: name))
            }
            try write(["model_type": "convnext"], "config.json")
            let missing = folder.appending(path: "preprocessor_config.json").path
            #expect(throws: ImageEncoderError.missingFile(path: missing)) {
                try PublishedImageEncoder(folder: folder)
            }
            var image: [String: Any] = ["size": ["shortest_edge": 384]]
            try write(["image_processor": image, "processor_class": "AProcessor"], "processor_config.json")
            #expect(try PublishedImageEncoder(folder: folder).preprocessing.geometry.cropSide == 384)
            image["do_flip"] = true
            try write(["image_processor": image], "processor_config.json")
            let error = #expect(throws: ImageEncoderError.self) { try PublishedImageEncoder(folder: folder) }
            #expect(error?.description.contains("processor_config.json: field image_processor.do_flip") == true)
            try write(["size": ["shortest_edge": 448]], "preprocessor_config.json")
            #expect(try PublishedImageEncoder(folder: folder).preprocessing.geometry.cropSide == 448)
        }
    }

    @Test("Colours become the numbers of transformers", arguments: names)
    func colours(_ name: String) throws {
        let (expected, preprocessing) = try read(name)
        let side = preprocessing.geometry.cropSide
        let pixel: [UInt8] = [255, 0, 51]
        let picture = RGBPicture(side: side, bytes: (0..<side * side).flatMap { _ in pixel })
        let pixels = preprocessing.pixels(of: [picture])
        for (colour, number) in expected.colour.enumerated() {
            #expect(abs(pixels.select(1, colour).max().item() - Double(number)) < 1e-5 * max(1, abs(Double(number))))
        }
    }

    /// The pictures are scaled up and down, also by so much that libvips begins and its filter is seen a little.
    @Test("Pictures look as Pillow's processors make them", arguments: names)
    func pictures(_ name: String) throws {
        let (expected, preprocessing) = try read(name)
        let decoder = PictureDecoder(geometry: preprocessing.geometry)
        let isBegunByVips = preprocessing.geometry.shortestSide <= 64
        let (largest, mean) = isBegunByVips ? (6, 1) : (1, 0.15)
        for (file, look) in expected.pictures {
            let picture = try decoder.decode(Fixture.source(file))
            #expect(picture.side == look.side)
            let side = picture.side
            func byte(_ place: Int) -> Int {
                Int(picture.bytes[place % (side * side) * 3 + place / (side * side)])
            }
            let count = 3 * side * side
            let found = look.bytes.indices.map { byte($0 * (count - 1) / (look.bytes.count - 1)) }
            let differences = zip(found, look.bytes).map { abs($0 - $1) }
            #expect(Double(differences.reduce(0, +)) / Double(differences.count) < mean, "\(file)")
            #expect(differences.allSatisfy { $0 <= largest }, "\(file): \(differences.max() ?? 0)")
            var means = [Double](repeating: 0, count: 192)
            let cell = side / 8
            for place in 0..<count {
                let (colour, y, x) = (place / (side * side), place / side % side, place % side)
                means[colour * 64 + y / cell * 8 + x / cell] += Double(byte(place)) / Double(cell * cell)
            }
            #expect(zip(means, look.grid).allSatisfy { abs($0 - $1) < mean }, "\(file)")
        }
    }

    @Test("A processor is known in all its versions, and by the family where the file names none")
    func versions() throws {
        let plain = try preprocessing([:], of: "clip_vision_model")
        #expect(plain == (try preprocessing(["image_processor_type": "CLIPImageProcessorFast"], of: "vit")))
        #expect(plain == (try preprocessing(["feature_extractor_type": "CLIPFeatureExtractor"], of: "vit")))
        #expect(plain.geometry == PictureGeometry(shortestSide: 224, cropSide: 224, filter: .bicubic))
        #expect(plain.mean == Preprocessing.clip.mean && plain.deviation == Preprocessing.clip.deviation)
        let vit = try preprocessing([:], of: "vit").geometry
        #expect(vit == PictureGeometry(shortestSide: 224, cropSide: 224, isStretched: true, filter: .bilinear))
        let large = try preprocessing([:], of: "convnext").geometry
        #expect(large == PictureGeometry(shortestSide: 384, cropSide: 384, isStretched: true, filter: .bicubic))
    }

    @Test(
        "What is not followed is refused by name",
        arguments: [
            ("do_resize", "false", "pictures of one size"), ("do_pad", "true", "is not followed here"),
            ("size_divisor", "32", "is not followed here"),
            ("do_center_krop", "true", "did you mean \"do_center_crop\"?"),
            ("do_center_crop", "false", "pictures keep their shape"), ("resample", "0", "1 (Lanczos), 2 (bilinear)"),
            ("resample", "4", "3 (bicubic)"), ("size", "{\"longest_edge\": 224}", "must have shortest_edge alone"),
            ("size", "{\"height\": 224, \"width\": 225}", "only squares"), ("size", "\"224\"", "expected"),
            ("size", "0", "whole number from 1"), ("crop_size", "{\"shortest_edge\": 224}", "height and width"),
            ("crop_size", "300", "is 300, more than the size of pictures, 224"),
            ("image_std", "[0.5, 0.5]", "three numbers"), ("image_std", "0", "a number from"),
            ("rescale_factor", "0", "a number from"), ("do_rescale", "1", "expected true or false"),
            ("image_processor_type", "\"SwinImageProcessor\"", "only CLIPImageProcessor"),
        ])
    func refusals(_ key: String, _ value: String, _ words: String) throws {
        let json = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let error = #expect(throws: ImageEncoderError.self) {
            try preprocessing([key: json], of: "clip_vision_model")
        }
        let message = error?.description ?? ""
        #expect(message.contains("preprocessor_config.json: field \(key)") && message.contains(words), "\(message)")
    }

    @Test("ConvNeXt's pictures are cut by crop_pct alone")
    func convNeXt() throws {
        let error = #expect(throws: ImageEncoderError.self) {
            try preprocessing(["do_center_crop": true], of: "convnext")
        }
        #expect(error?.description.contains("only crop_pct cuts ConvNeXt's pictures") == true)
        let square = #expect(throws: ImageEncoderError.self) {
            try preprocessing(["size": ["height": 224, "width": 224]], of: "convnext")
        }
        #expect(square?.description.contains("must have shortest_edge") == true)
    }

    @Test("What is off, and what says nothing of pictures, changes nothing")
    func idleKeys() throws {
        let idle: [String: Any] = [
            "do_pad": false, "size_divisor": NSNull(), "do_convert_rgb": true, "processor_class": "CLIPProcessor",
            "_valid_processor_keys": ["images"], "data_format": "channels_first", "do_normalize": true,
        ]
        #expect(try preprocessing(idle, of: "clip_vision_model") == preprocessing([:], of: "clip_vision_model"))
    }
}
