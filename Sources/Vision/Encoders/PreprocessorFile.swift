import Support

/// The `preprocessor_config.json` of a Hugging Face folder.
///
/// A key that is not followed is refused by name, unless it is false or null.
struct PreprocessorFile: Decodable {
    static let name = "preprocessor_config.json"

    /// A size in pixels, as any version writes it.
    enum Size: Equatable {
        /// A number without a name.
        case plain(Int)
        case shortestEdge(Int)
        case square(Int)
    }

    private let processor: ImageProcessor?
    private let resizes: Bool
    private let size: Size?
    private let filter: PictureFilter?
    private let cropShare: Double
    private let crops: Bool?
    private let cropSize: Size?
    private let rescales: Bool
    private let rescaleFactor: Double
    private let normalizes: Bool
    private let mean: [Double]?
    private let deviation: [Double]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case processor = "image_processor_type"
        case earlierProcessor = "feature_extractor_type"
        case resizes = "do_resize"
        case size
        case filter = "resample"
        case cropShare = "crop_pct"
        case crops = "do_center_crop"
        case cropSize = "crop_size"
        case rescales = "do_rescale"
        case rescaleFactor = "rescale_factor"
        case normalizes = "do_normalize"
        case mean = "image_mean"
        case deviation = "image_std"
    }

    /// Keys that say nothing of the numbers that a network reads. Pictures are in colour here, whatever `do_convert_rgb` says.
    private static let idle: Set<String> = [
        "processor_class", "_valid_processor_keys", "do_convert_rgb", "default_to_square", "data_format",
        "input_data_format", "return_tensors", "device", "disable_grouping",
    ]

    init(from decoder: any Decoder) throws {
        try Self.checkNames(decoder.container(keyedBy: AnyKey.self))
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        func truth(_ key: CodingKeys) throws -> Bool { try keys.value(key, default: true, rule: "true or false") }
        func optional<Value>(_ key: CodingKeys, _ read: () throws -> Value) throws -> Value? {
            try keys.contains(key) && !keys.decodeNil(forKey: key) ? read() : nil
        }
        let earlier = try optional(.earlierProcessor) { try Self.processor(keys, .earlierProcessor) }
        processor = try optional(.processor) { try Self.processor(keys, .processor) } ?? earlier
        resizes = try truth(.resizes)
        size = try optional(.size) { try Self.size(keys, .size) }
        filter = try optional(.filter) { try Self.filter(keys) }
        cropShare = try keys.number(.cropShare, in: 0.1...1, default: 224.0 / 256)
        crops = try optional(.crops) { try truth(.crops) }
        cropSize = try optional(.cropSize) { try Self.size(keys, .cropSize) }
        rescales = try truth(.rescales)
        rescaleFactor = try keys.number(.rescaleFactor, in: 1e-6...1, default: 1.0 / 255)
        normalizes = try truth(.normalizes)
        mean = try optional(.mean) { try Self.colours(keys, .mean, in: -1000...1000) }
        deviation = try optional(.deviation) { try Self.colours(keys, .deviation, in: 1e-6...1e6) }
    }

    /// Refuses keys that say what is not done here.
    private static func checkNames(_ keys: KeyedDecodingContainer<AnyKey>) throws {
        let followed = CodingKeys.allCases.map(\.rawValue)
        for key in keys.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let name = key.stringValue
            guard !followed.contains(name), !idle.contains(name), try !keys.decodeNil(forKey: key),
                (try? keys.decode(Bool.self, forKey: key)) != false
            else { continue }
            let near = name.nearest(in: followed).map { " (did you mean \"\($0)\"?)" } ?? ""
            throw keys.corrupted(
                key, "is not followed here\(near); take it out if the encoder does without it, or set it to null")
        }
    }

    private static func processor(
        _ keys: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) throws -> ImageProcessor {
        let name = try keys.decode(String.self, forKey: key)
        guard let processor = ImageProcessor(named: name) else {
            let names = ImageProcessor.allCases.map(\.rawValue).joined(separator: ", ")
            throw keys.corrupted(key, "is \(name.quoted); only \(names) are followed")
        }
        return processor
    }

    private static func size(_ keys: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) throws -> Size {
        let sides = 1...4096
        if (try? keys.decode(Int.self, forKey: key)) != nil { return .plain(try keys.whole(key, in: sides)) }
        let names = try keys.nestedContainer(keyedBy: AnyKey.self, forKey: key)
        let (shortest, height, width) = (AnyKey("shortest_edge"), AnyKey("height"), AnyKey("width"))
        let given = try names.allKeys.filter { try !names.decodeNil(forKey: $0) }.map(\.stringValue)
        switch Set(given) {
        case ["shortest_edge"]: return .shortestEdge(try names.whole(shortest, in: sides))
        case ["height", "width"]:
            let side = try names.whole(height, in: sides)
            guard try names.whole(width, in: sides) == side else {
                throw names.corrupted(width, "is not the height; only squares are supported")
            }
            return .square(side)
        default: throw keys.corrupted(key, "must have shortest_edge alone, or height and width")
        }
    }

    /// The filter by Pillow's number.
    private static func filter(_ keys: KeyedDecodingContainer<CodingKeys>) throws -> PictureFilter {
        let filters = [1: PictureFilter.lanczos, 2: .bilinear, 3: .bicubic]
        let number = try keys.value(.filter, rule: "1 (Lanczos), 2 (bilinear) or 3 (bicubic)") { filters[$0] != nil }
        return filters[number] ?? .bicubic
    }

    private static func colours(
        _ keys: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, in range: ClosedRange<Double>
    ) throws -> [Double] {
        if (try? keys.decode(Double.self, forKey: key)) != nil {
            return [Double](repeating: try keys.number(key, in: range), count: 3)
        }
        return try keys.value(key, rule: "three numbers, each \(range.rule)") { colours in
            colours.count == 3 && colours.allSatisfy(range.contains)
        }
    }
}

extension PreprocessorFile {
    /// Why pictures cannot be made as the file says, by the key that says it.
    struct Problem: Error, CustomStringConvertible {
        let description: String

        init(_ key: String, _ reason: String) { description = "field \(key): \(reason)" }
    }

    /// The preprocessing that the file asks for.
    /// - Parameter fallback: the processor where the file names none.
    /// - Throws: ``Problem``.
    func preprocessing(for fallback: ImageProcessor) throws -> Preprocessing {
        let processor = processor ?? fallback
        let geometry = try geometry(processor)
        // (byte * factor - mean) / deviation, in the numbers of byte / 255.
        let scale = rescales ? rescaleFactor * 255 : 255
        let mean = normalizes ? mean ?? processor.colours.mean : [0, 0, 0]
        let deviation = normalizes ? deviation ?? processor.colours.deviation : [1, 1, 1]
        return Preprocessing(
            geometry: geometry, mean: mean.map { Float($0 / scale) }, deviation: deviation.map { Float($0 / scale) })
    }

    private func geometry(_ processor: ImageProcessor) throws -> PictureGeometry {
        guard resizes else {
            throw Problem("do_resize", "is false, but a network looks at pictures of one size; set it to true")
        }
        let filter = filter ?? processor.filter
        let (side, isStretched) = scaledSide(processor)
        if processor == .convNeXt { return try convNeXtGeometry(side, isStretched: isStretched, filter) }
        let crops = crops ?? processor.crops
        guard crops else {
            guard isStretched else {
                throw Problem(
                    "do_center_crop",
                    "is not true, so that pictures keep their shape; set it to true, or give size a height and a width"
                )
            }
            return PictureGeometry(shortestSide: side, cropSide: side, isStretched: true, filter: filter)
        }
        let crop = try cropSide()
        guard crop <= side else {
            throw Problem("crop_size", "is \(crop), more than the size of pictures, \(side)")
        }
        return PictureGeometry(shortestSide: side, cropSide: crop, isStretched: isStretched, filter: filter)
    }

    private func scaledSide(_ processor: ImageProcessor) -> (side: Int, isStretched: Bool) {
        switch size {
        case .plain(let side): (side, processor.sizesAreSquare)
        case .shortestEdge(let side): (side, false)
        case .square(let side): (side, true)
        case nil: (processor.size, processor.sizesAreSquare)
        }
    }

    private func cropSide() throws -> Int {
        switch cropSize {
        case .plain(let side), .square(let side): return side
        case .shortestEdge: throw Problem("crop_size", "must have height and width")
        case nil: return 224
        }
    }

    /// Below 384 pixels ConvNeXt looks at the centre of a larger picture, `crop_pct` of its side, else at a stretched one.
    private func convNeXtGeometry(_ side: Int, isStretched: Bool, _ filter: PictureFilter) throws -> PictureGeometry {
        guard crops != true else {
            throw Problem("do_center_crop", "is true, but only crop_pct cuts ConvNeXt's pictures; set it to false")
        }
        guard !isStretched else { throw Problem("size", "must have shortest_edge for a ConvNextImageProcessor") }
        guard side < 384 else {
            return PictureGeometry(shortestSide: side, cropSide: side, isStretched: true, filter: filter)
        }
        return PictureGeometry(shortestSide: Int(Double(side) / cropShare), cropSide: side, filter: filter)
    }
}
