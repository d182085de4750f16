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
        let series = Variant.forms.flatMap { variant in
            let runs = plan.runs.filter { $0.trained == dataset && $0.variant.slug == variant.slug }
            let curves = Set(runs.map(\.path)).map(pictureSides).filter { !$0.isEmpty }
            return [("own", \AlignmentDiagnosis.Side.own), ("others", \.others)].compactMap { name, cosine in
                Self.mean(of: curves.map { $0.map { $0[keyPath: cosine] } }, named: "\(variant.name), \(name)")
            }
        }
        guard !series.isEmpty else { return nil }
        return SVGChart(
            label: "Cosines of pictures with their own and with other contexts, \(dataset.title)", xTitle: "epoch",
            yTitle: "cosine", series: series)
    }

    /// What the alignment of pictures had reached after each epoch of a run; nothing where the folder is not there.
    private func pictureSides(of path: String) -> [AlignmentDiagnosis.Side] {
        let metrics = (try? RunFolder(url: output.appending(path: path)).readMetrics()) ?? []
        return metrics.compactMap { if case .epoch(let epoch) = $0 { epoch.alignment?.picture } else { nil } }
    }

    private static func mean(of curves: [[Double]], named name: String) -> SVGChart.Series? {
        guard let length = curves.map(\.count).min(), length > 1 else { return nil }
        return SVGChart.Series(
            name,
            (0..<length).map { epoch in
                let values = curves.map { $0[epoch] }
                return SVGChart.Point(x: Double(epoch) + 1, y: values.reduce(0, +) / Double(values.count))
            })
    }
}
