import Extraction

extension TrainingConfiguration {
    /// The same run, with the settings that it does not use at their defaults: two configurations are the same run where
    /// these are equal.
    var withoutUnused: TrainingConfiguration {
        let defaults = TrainingConfiguration()
        var used = self
        used.alignment = usedAlignment(defaults.alignment)
        if picture.encoder == "none" {
            (used.picture.weights, used.picture.frozen) = (defaults.picture.weights, defaults.picture.frozen)
            used.alignment.shared = defaults.alignment.shared
            used.fusion.paths = defaults.fusion.paths
            used.training.hiddenPicture = defaults.training.hiddenPicture
            used.training.dropPicture = defaults.training.dropPicture
            if alignment.via == .context { used.alignment.beta = defaults.alignment.beta }
        }
        if !context.enabled { used.training.dropContext = defaults.training.dropContext }
        if fusion.attention == .none {
            (used.fusion.gate, used.fusion.heads) = (defaults.fusion.gate, defaults.fusion.heads)
            used.fusion.paths = defaults.fusion.paths
            used.training.hiddenPicture = defaults.training.hiddenPicture
        }
        if !head.syntax { used.text.tags = defaults.text.tags }
        if task == .entities { used.wordPair = defaults.wordPair }
        if !wordPair.contrast { used.wordPair.weight = defaults.wordPair.weight }
        if !adapter.isOn { used.adapter = defaults.adapter }
        if training.limit == 0 { used.alignment.players = defaults.alignment.players }
        return used
    }

    /// The same run, with what another leaves to a measurement left to it too.
    func leavingChoices(of other: TrainingConfiguration) -> TrainingConfiguration {
        var open = self
        if other.training.precision == .auto { open.training.precision = .auto }
        if other.training.kernels == .auto { open.training.kernels = .auto }
        return open
    }

    private func usedAlignment(_ defaults: AlignmentOptions) -> AlignmentOptions {
        var used = alignment
        guard alignment.method != .none else {
            used = defaults
            (used.method, used.shared) = (.none, alignment.shared)
            return used
        }
        if alignment.method == .infonce {
            (used.estimator, used.negatives) = (defaults.estimator, defaults.negatives)
        }
        if alignment.method == .infonce || [.exact, .cyclic].contains(alignment.estimator) {
            used.samples = defaults.samples
        }
        return used
    }
}
