import Extraction

/// Watches, epoch by epoch, whether the alignment tells own pairs from others.
struct CollapseWatch {
    private let options: AlignmentOptions
    private var last: AlignmentDiagnosis?
    /// The terms that told own pairs from others before.
    private var separated: Set<String> = []

    init(_ options: AlignmentOptions) { self.options = options }

    /// What to say of terms that told own pairs from others before this epoch, and do not after it.
    mutating func warnings(after epoch: Metrics.Epoch) -> [String] {
        guard let diagnosis = epoch.alignment else { return [] }
        last = diagnosis
        return terms(of: diagnosis).compactMap { name, side in
            if side.separation >= Side.collapse {
                separated.insert(name)
                return nil
            }
            return separated.remove(name).map { _ in
                "the alignment of \(name) has collapsed in epoch \(epoch.epoch + 1): \(Self.cosines(side)); \(remedy)"
            }
        }
    }

    /// What to say of terms that do not tell own pairs from others when training has ended.
    var finalWarnings: [String] {
        guard let last else { return [] }
        return terms(of: last).filter { $0.side.separation < Side.collapse }.map { name, side in
            "the alignment of \(name) does not tell own pairs from others: \(Self.cosines(side)); \(remedy)"
        }
    }

    private typealias Side = AlignmentDiagnosis.Side

    private func terms(of diagnosis: AlignmentDiagnosis) -> [(name: String, side: Side)] {
        [
            diagnosis.text.map { ("texts and contexts", $0) },
            diagnosis.picture.map {
                (options.via == .direct ? "pictures and texts" : "pictures and contexts", $0)
            },
        ].compactMap { $0 }
    }

    private static func cosines(_ side: Side) -> String {
        String(format: "cosines of own pairs %.2f, of others %.2f", side.own, side.others)
    }

    private var remedy: String {
        options.method == .shapley && options.negatives == .sum
            ? "set alignment.negatives=mean, or alignment.method=none"
            : "raise alignment.alpha and alignment.beta, or set alignment.method=none"
    }
}
