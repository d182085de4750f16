import Corpus
import Extraction
import Foundation
import Torch
import Vision

extension TrainingConfiguration {
    /// The defaults of a run that starts from a trained model: its structure, and else what a configuration leaves out.
    package init(startingFrom start: StartingModel) {
        self.init()
        let model = start.configuration
        (task, fusion, wordPair, mre, head) = (model.task, model.fusion, model.wordPair, model.mre, model.head)
        alignment.shared = model.alignment.shared
        context.enabled = model.usesContext
        (text.maximumLength, text.overlong) = (model.maximumLength, model.overlong)
        text.tags = model.partsOfSpeech.isEmpty ? .none : .english
        picture.encoder = model.imageEncoder?.name ?? "none"
        guard let encoders = model.encoders, let adapters = start.adapters else { return }
        text.encoder = encoders.text.name
        picture.frozen = !encoders.adaptsPicture
        if let reference = encoders.picture, reference.name != picture.encoder {
            if case .named = model.imageEncoder {
                picture.weights = reference.name
            } else {
                picture.encoder = reference.name
            }
        }
        (adapter.rank, adapter.alpha) = (adapters.text.rank, adapters.text.alpha)
        adapter.dropout = adapters.text.dropout
        adapter.targets = [adapters.text, adapters.picture].compactMap(\.self).flatMap { adapters in
            if case .endings(let names) = adapters.layers.targets { names } else { [String]() }
        }
    }

    /// The defaults of a run that continues one which started from a trained model: its structure as the run recorded it.
    package init(structureOf run: TrainingConfiguration) {
        self.init()
        (task, fusion, wordPair, mre, head) = (run.task, run.fusion, run.wordPair, run.mre, run.head)
        alignment.shared = run.alignment.shared
        (context, text, picture, adapter) = (run.context, run.text, run.picture, run.adapter)
    }
}

/// The trained model from which a run started, as `environment.json` keeps it.
package struct RunStart: Sendable, Codable, Equatable {
    /// The name or folder of the model.
    package let name: String
    /// The SHA-256 of its weights, or of its heads where it names its encoders.
    package let sha256: String
    /// The types that both have.
    package let keptTypes: [String]

    init(_ start: StartingModel, labels: LabelSet) throws {
        name = start.name
        sha256 = try start.digest()
        let known = start.configuration.labels
        keptTypes =
            labels.entityTypes.filter(known.entityTypes.contains)
            + labels.relationTypes.filter(known.relationTypes.contains)
    }

    /// What to say before the training.
    var note: String {
        let types =
            keptTypes.isEmpty ? "no type of it is kept" : "these types are kept: \(keptTypes.joined(separator: ", "))"
        return "the run starts from \(name); \(types)"
    }

    /// In words, for a model card.
    package var summary: String { "\(name), SHA-256 \(sha256.prefix(12))" }
}
