import Charts
import Extraction
import Foundation
import Training

extension Reproduction {
    /// The cosines of pictures with their own and with other contexts on the validation split, by epoch: how the forms of the
    /// loss align, and how one collapses.
    ///
    /// A curve is the mean over the seeds whose run folders are there, as far as all of them were trained.
    /// - Returns: nil where no run of the forms has epochs that tell.
    func alignmentChart(trainedOn dataset: StudyDataset) -> SVGChart? {
        let series = Variant.forms.flatMap { variant -> [SVGChart.Series] in
            let runs = plan.runs.filter { $0.trained == dataset && $0.variant.slug == variant.slug }
            let curves = Set(runs.map(\.path)).map(diagnoses).filter { !$0.isEmpty }
            let epochs = (0..<(curves.map(\.count).min() ?? 0)).compactMap { epoch in
                AlignmentDiagnosis(meanOf: curves.map { $0[epoch] })?.picture
            }
            guard epochs.count > 1 else { return [] }
            return [("own", \AlignmentDiagnosis.Side.own), ("others", \.others)].map { name, cosine in
                SVGChart.Series(
                    "\(variant.name), \(name)",
                    epochs.enumerated().map { SVGChart.Point(x: Double($0) + 1, y: $1[keyPath: cosine]) })
            }
        }
        guard !series.isEmpty else { return nil }
        return SVGChart(
            label: "Cosines of pictures with their own and with other contexts, \(dataset.title)", xTitle: "epoch",
            yTitle: "cosine", series: series)
    }

    /// What the alignment had reached after each epoch of a run; nothing where the folder is not there.
    private func diagnoses(of path: String) -> [AlignmentDiagnosis] {
        let metrics = (try? RunFolder(url: output.appending(path: path)).readMetrics()) ?? []
        return metrics.compactMap { if case .epoch(let epoch) = $0 { epoch.alignment } else { nil } }
    }
}
