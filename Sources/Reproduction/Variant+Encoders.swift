/// The rows of the study of text encoders: text and context, trained whole or by adapters, for two epochs.
extension Variant {
    /// How an encoder is trained.
    private enum Training: String {
        case whole = "all weights"
        case adapters = "adapters of rank 8"
    }

    /// The rows, each encoder at two rates of its own; of JMERE those with adapters alone.
    static func encoders(of dataset: StudyDataset) -> [Variant] {
        let adapted =
            ["5e-4", "2e-3"].map { encoder("MiniLM", "minilm-l6-v2", .adapters, rate: $0) }
            + ["2e-4", "1e-3"].map { encoder("MPNet", "mpnet", .adapters, rate: $0) }
        guard dataset != .jmere else { return adapted }
        return ["5e-5", "2e-4"].map { encoder("MiniLM", "minilm-l6-v2", .whole, rate: $0) } + [withoutPartsOfSpeech]
            + ["2e-5", "5e-5"].map { encoder("MPNet", "mpnet", .whole, rate: $0) } + adapted
    }

    private static let withoutPartsOfSpeech = {
        var variant = encoder("MiniLM", "minilm-l6-v2", .whole, rate: "5e-5")
        variant.comparedTo = [variant.slug]
        variant.name += ", w/o parts of speech"
        variant.slug += "-untagged"
        variant.settings.append("text.tags=none")
        return variant
    }()

    private static func encoder(_ title: String, _ name: String, _ training: Training, rate: String) -> Variant {
        let rank = training == .adapters ? 8 : 0
        return Variant(
            name: "\(title), \(training.rawValue), rate \(rate)", slug: "\(name)-rank-\(rank)-rate-\(rate)",
            settings: [
                "text.encoder=\(name)", "text.overlong=windows", "picture.encoder=none", "adapter.rank=\(rank)",
                "learningRates.textEncoder=\(rate)", "training.epochs=2", "training.patience=2",
            ])
    }
}
