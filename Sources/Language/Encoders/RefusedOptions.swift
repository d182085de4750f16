import Support

/// The options of a `config.json` that turn an encoder into what no architecture is here.
enum RefusedOptions: String, CodingKey {
    case positionEmbeddings = "position_embedding_type"
    case isDecoder = "is_decoder"
    case crossAttention = "add_cross_attention"
    case quantization = "quantization_config"

    /// Refuses the options by name.
    /// - Throws: `DecodingError`.
    static func check(_ decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Self.self)
        let positions = try keys.decodeIfPresent(String.self, forKey: .positionEmbeddings) ?? "absolute"
        guard positions == "absolute" else {
            throw keys.corrupted(.positionEmbeddings, "is \(positions.quoted); only \"absolute\" is supported")
        }
        for key in [Self.isDecoder, .crossAttention] {
            guard try keys.decodeIfPresent(Bool.self, forKey: key) != true else {
                throw keys.corrupted(key, "is true; only encoders are supported, in which every word sees all others")
            }
        }
        try keys.refuse(
            .quantization, because: "quantised weights are not supported; save the model as it was before")
    }
}
