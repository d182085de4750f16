import Support

/// The options of a `config.json` that turn an image encoder into what no structure is here.
enum RefusedVisionOptions: String, CodingKey {
    case channels = "num_channels"
    case hiddenDropout = "hidden_dropout_prob"
    case attentionDropout = "attention_probs_dropout_prob"
    case towerDropout = "attention_dropout"
    case earlierDropout = "dropout"
    case droppedPaths = "drop_path_rate"
    case quantization = "quantization_config"

    /// Refuses the options by name.
    /// - Throws: `DecodingError`.
    static func check(_ decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Self.self)
        _ = try keys.value(.channels, default: 3, rule: "3; pictures have three colours") { $0 == 3 }
        for key in [Self.hiddenDropout, .attentionDropout, .towerDropout, .earlierDropout, .droppedPaths] {
            _ = try keys.value(key, default: 0.0, rule: "0; nothing is dropped inside image encoders") { $0 == 0 }
        }
        try keys.refuse(
            .quantization, because: "quantised weights are not supported; save the model as it was before")
    }
}
