import Charts
import Evaluation
import Foundation

extension RunReport.Examination {
    /// How far the scores of entities are the shares of them that are right, and what a threshold on them would keep; nil
    /// where they are given.
    var calibration: HTMLPage.Section? {
        guard let entities = total.all.first(where: { $0.measure == .entities }) else { return nil }
        let calibration = Calibration(confidences)
        let bins = calibration.bins.filter { $0.count > 0 }
        let summary = calibration.summary(temperature: extractor.configuration.scoreTemperature)
        func percent(_ fraction: Double) -> String { String(format: "%.2f", 100 * fraction) }
        return HTMLPage.Section(
            "Calibration",
            [
                .paragraph("\(summary.prefix(1).uppercased())\(summary.dropFirst())."),
                .figure(
                    SVGChart(
                        label: "Precision by score", xTitle: "mean score", yTitle: "precision",
                        series: [
                            SVGChart.Series(
                                "found", bins.map { SVGChart.Point(x: $0.confidence, y: $0.precision) }),
                            SVGChart.Series(
                                "calibrated", [SVGChart.Point(x: 0, y: 0), SVGChart.Point(x: 1, y: 1)]),
                        ]),
                    caption: "Entities by score: below the diagonal the model is surer than it is right"),
                .table(
                    HTMLTable(
                        header: ["score", "entities", "mean score", "precision"],
                        rows: bins.map { bin in
                            [
                                String(format: "%.2f–%.2f", bin.lower, bin.upper), "\(bin.count)",
                                percent(bin.confidence), percent(bin.precision),
                            ]
                        }, caption: "bins of scores")),
                .table(
                    HTMLTable(
                        header: ["threshold", "coverage", "precision", "recall", "F1", "predicted"],
                        rows: PrecisionCoverage(confidences, gold: entities.scores.overall.gold).rows.map { row in
                            let fractions = [row.coverage, row.score.precision, row.score.recall, row.score.f1]
                            return [String(format: "%.2f", row.threshold)] + fractions.map(percent)
                                + ["\(row.score.predicted)"]
                        }, caption: "what a threshold on scores keeps")),
            ])
    }
}
