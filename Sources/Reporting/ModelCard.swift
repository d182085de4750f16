import Charts
import Corpus
import Extraction
import Foundation
import Training

/// The model card: a model's structure, its data, its scores and its use.
package struct ModelCard {
    private let model: TrainedModel

    package init(_ model: TrainedModel) { self.model = model }

    private var task: ExtractionTask { model.structure.task }

    /// The inputs of the model beside the text.
    private var senses: String {
        let seen = [
            model.structure.imageEncoder.map { _ in "pictures" }, model.structure.usesContext ? "contexts" : nil,
        ]
        .compactMap { $0 }
        return seen.isEmpty
            ? "Reads the text alone." : "Looks at the \(seen.joined(separator: " and ")) of posts where they have them."
    }

    /// The adapters of the encoders.
    private var adapters: String {
        let options = model.configuration.adapter
        return options.isOn ? "rank \(options.rank), alpha \(options.alpha)" : "none"
    }

    /// The origin of the contexts.
    private var contexts: String {
        guard model.structure.usesContext else { return "not read" }
        return (model.structure.contextSource ?? "as the posts have them").escapedForMarkdown
    }

    /// The data sets that were learnt from, a row each; empty for one.
    private var parts: String {
        guard !model.dataset.parts.isEmpty else { return "" }
        let rows = model.dataset.parts.map { part in
            let types = part.annotatedTypes.sorted().joined(separator: ", ").escapedForMarkdown
            let count = part.posts[.train]?.count ?? 0
            return "| \(part.name.escapedForMarkdown) | \(count) | \(part.source.weight) | \(types) |"
        }
        return """

            | data set | posts learnt from | weight | annotated types |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))

            """
    }

    /// The row of the trained model from which this one was trained.
    private var start: String {
        model.start.map { "\n| trained from | \($0.summary.escapedForMarkdown) |" } ?? ""
    }

    /// What the scores of predictions are.
    private var scores: String {
        guard let temperature = model.scoreTemperature else { return "Scores are the model's own probabilities." }
        return String(
            format: "Scores are probabilities, calibrated on the validation split (temperature %.3f).", temperature)
    }

    /// The card as Markdown.
    package var markdown: String {
        let (structure, dataset) = (model.structure, model.dataset)
        let fingerprints = dataset.fingerprints
        let splits = Split.allCases.compactMap { split in
            dataset.splits[split].map { posts in
                let gold = posts.reduce(0) { $0 + task.goldCount(of: $1) }
                return "| \(split) | \(posts.count) | \(gold) | \(fingerprints["\(split)"] ?? "") |"
            }
        }
        let use =
            "shapca predict --model . "
            + (task.findsEntities ? "--text \"…\" --image picture.jpg" : "--input posts.jsonl")
        let score =
            model.best.map { best in
                let gold = dataset[.valid].reduce(0) { $0 + task.goldCount(of: $1) }
                return String(format: "%.2f F1", 100 * best.f1)
                    + " on the validation split (\(gold) gold \(task.scoredItems)) after epoch \(best.epoch + 1),"
                    + " seed \(model.configuration.training.seed). The model was chosen by this score; "
                    + "`shapca evaluate` gives that of the test split."
            } ?? "Training has not finished."
        return """
            # Shap-CA for \(task.purpose)

            \(task.ability(with: structure.labels).escapedForMarkdown) \(senses) After Luo et al., "Shapley Value-based Contrastive Alignment for
            Multimodal Information Extraction", ACM MM 2024.

            | | |
            |---|---|
            | text encoder | \(structure.textEncoderName.escapedForMarkdown) |
            | image encoder | \((structure.imageEncoder?.name ?? "none").escapedForMarkdown) |
            | adapters | \(adapters) |
            | contexts | \(contexts) |
            | alignment | \(structure.alignment.summary) |
            | fusion | attention \(structure.fusion.attention), gate \(structure.fusion.gate) |
            | parameters | \(model.parameterCount), of which \(model.trainedCount) were trained |\(start)

            ## Data: \(dataset.name.escapedForMarkdown)

            | split | posts | gold \(task.scoredItems) | fingerprint |
            |---|---|---|---|
            \(splits.joined(separator: "\n"))
            \(parts)
            ## Score

            \(score)

            ## Use

                \(use)

            \(scores) Text outside the kind it was trained on, other languages
            and other entity types are beyond it.

            """
    }
}

extension Extraction.AlignmentOptions {
    /// The alignment in a line: method, sides, form and weights.
    fileprivate var summary: String {
        guard method != .none else { return "none" }
        let form = method == .shapley ? ", \(estimator) values, negatives \(negatives)" : ""
        return "\(method), via \(via)\(form), alpha \(alpha), beta \(beta)"
    }
}
