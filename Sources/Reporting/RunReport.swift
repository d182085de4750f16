import Charts
import Corpus
import Evaluation
import Extraction
import Foundation
import Training

/// A run as one page: learning curves, scores with intervals, confusions and the worst mistakes.
package struct RunReport {
    private let folder: RunFolder
    private let metrics: [Metrics]
    private let examined: Examination?
    private let post: String?

    /// - Parameters:
    ///   - run: the run's folder.
    ///   - dataset: to look at with the run's model; nil for learning curves only.
    ///   - post: the id of the post whose attention is shown; nil for the first one that has a picture and an entity.
    /// - Throws: ``ReportError/nothingToReport(path:)``, `CorpusError` and the errors of model folders.
    package init(run: URL, dataset: Dataset?, split: Split, post: String? = nil) throws {
        folder = RunFolder(url: run)
        self.post = post
        guard FileManager.default.fileExists(atPath: folder.metrics.path) else {
            throw ReportError.nothingToReport(path: run.path)
        }
        metrics = try folder.readMetrics()
        let model = folder.model
        examined = try dataset.map {
            try Examination(split, dataset: $0, extractor: try Extractor(modelFolder: model))
        }
    }

    /// The page.
    /// - Throws: ``ReportError/nothingToLookAt(post:reason:)``, `TorchError`, `ShapleyError`.
    package func html() throws -> String {
        var sections = [learning]
        if let examined {
            sections.append(examined.scores)
            if let calibration = examined.calibration { sections.append(calibration) }
            if let confusion = examined.confusion { sections.append(confusion) }
            sections.append(examined.mistakes)
            if let alignment = try examined.alignment() { sections.append(alignment) }
            if let attention = try examined.attention(of: post) { sections.append(attention) }
        }
        return HTMLPage(
            title: "Run \(folder.url.standardizedFileURL.lastPathComponent)", summary: summary, sections: sections
        ).html
    }

    private var epochs: [Metrics.Epoch] {
        metrics.compactMap { if case .epoch(let epoch) = $0 { epoch } else { nil } }
    }

    private var summary: String {
        guard let best = epochs.max(by: { $0.validation.f1 < $1.validation.f1 }) else { return "No epoch is finished." }
        let seconds = epochs.reduce(0) { $0 + $1.trainingSeconds + $1.validationSeconds }
        return String(format: "Best validation F1 %.2f", 100 * best.validation.f1)
            + " (\(best.validation.gold) gold items) after epoch \(best.epoch &+ 1) of \(epochs.count), "
            + String(format: "%.1f minutes of training and validation.", seconds / 60)
    }

    private var learning: HTMLPage.Section {
        let steps = metrics.compactMap { if case .step(let step) = $0 { step } else { nil } }
        func series(_ name: String, _ value: (Metrics.Step) -> Double?) -> SVGChart.Series? {
            let size = max(1, steps.count / 100)
            let points = stride(from: 0, to: steps.count, by: size).compactMap { start -> SVGChart.Point? in
                let part = steps[start..<min(start + size, steps.count)]
                let values = part.compactMap(value)
                guard !values.isEmpty, let last = part.last else { return nil }
                return SVGChart.Point(x: Double(last.step), y: values.reduce(0, +) / Double(values.count))
            }
            return points.isEmpty ? nil : SVGChart.Series(name, points)
        }
        let losses = [
            series("total") { $0.loss }, series("task") { $0.task }, series("hidden pictures") { $0.hiddenPicture },
            series("text") { $0.text }, series("picture") { $0.picture },
        ].compactMap { $0 }
        let cosines = [
            series("texts and own contexts") { $0.textCosines?.own },
            series("other contexts") { $0.textCosines?.others },
            series("pictures and their own") { $0.pictureCosines?.own },
            series("other pictures") { $0.pictureCosines?.others },
        ].compactMap { $0 }
        let alignment: [HTMLPage.Block] =
            cosines.isEmpty
            ? []
            : [
                .figure(
                    SVGChart(label: "Cosines of what is aligned", xTitle: "step", yTitle: "cosine", series: cosines),
                    caption: "What is aligned: where own and other pairs are equally near, nothing is told apart")
            ] + diagnosis
        func scores(_ name: String, _ value: (Score) -> Double) -> SVGChart.Series {
            SVGChart.Series(
                name, epochs.map { SVGChart.Point(x: Double($0.epoch) + 1, y: 100 * value($0.validation)) })
        }
        return HTMLPage.Section(
            "Learning",
            [
                .figure(
                    SVGChart(label: "The loss and its terms", xTitle: "step", yTitle: "loss", series: losses),
                    caption: "The training loss and its terms"),
                .figure(
                    SVGChart(
                        label: "Validation scores", xTitle: "epoch", yTitle: "%",
                        series: [
                            scores("F1") { $0.f1 }, scores("precision") { $0.precision },
                            scores("recall") { $0.recall },
                        ]),
                    caption: "The validation split"),
            ] + alignment)
    }
}

extension RunReport {
    /// What the alignment has reached on the validation split, by epoch; nothing where none was measured.
    private var diagnosis: [HTMLPage.Block] {
        func series(_ name: String, _ value: (AlignmentDiagnosis) -> Double?) -> SVGChart.Series? {
            let points = epochs.compactMap { epoch in
                epoch.alignment.flatMap(value).map { SVGChart.Point(x: Double(epoch.epoch) + 1, y: $0) }
            }
            return points.isEmpty ? nil : SVGChart.Series(name, points)
        }
        let cosines = [
            series("texts and own contexts") { $0.text?.own },
            series("other contexts") { $0.text?.others },
            series("foreign contexts read as own") { $0.text?.swapped },
            series("pictures and their own") { $0.picture?.own },
            series("other pictures") { $0.picture?.others },
        ].compactMap { $0 }
        guard !cosines.isEmpty else { return [] }
        return [
            .figure(
                SVGChart(label: "Cosines on the validation split", xTitle: "epoch", yTitle: "cosine", series: cosines),
                caption:
                    "The same on the validation split; texts that are as near to a foreign context that they have read "
                    + "as to their own agree with it by copying")
        ]
    }
}

/// Why a run cannot be shown.
package enum ReportError: Error, CustomStringConvertible, Sendable, Equatable {
    /// There is no run to show.
    case nothingToReport(path: String)
    /// The named post has no attention to a picture.
    case nothingToLookAt(post: String, reason: String)

    package var description: String {
        switch self {
        case .nothingToReport(let path): "\(path) holds no metrics.jsonl; name the folder of a run"
        case .nothingToLookAt(let post, let reason): "the attention of post \"\(post)\" cannot be shown: \(reason)"
        }
    }
}
