import Charts
import Foundation

/// A page with figures of every kind, for looking at.
enum SamplePage {
    static let page = HTMLPage(
        title: "Charts of every kind", summary: "Made-up numbers: 3 runs of 4 models on 2 data sets.",
        sections: [
            HTMLPage.Section(
                "Lines",
                [
                    .paragraph("What a run comes to, epoch by epoch; the bands are the spread over seeds."),
                    .figure(curves, caption: "F1 on the validation split: mean and standard deviation of three seeds."),
                    .figure(losses, caption: "Loss of every step, all terms."),
                    .figure(many, caption: "Eight series; the colours repeat after six, with dashes."),
                    .figure(
                        SVGChart(label: "Nothing", xTitle: "step", yTitle: "loss", series: []), caption: "No values."),
                ]),
            HTMLPage.Section(
                "Bars",
                [
                    .figure(
                        SVGBars(
                            label: "F1 by model", title: "F1, %",
                            bars: [
                                .init("ShapCA", 86.12, deviation: 0.4),
                                .init("without alignment", 84.9, deviation: 0.6),
                                .init("without the bridging term of the context", 83.77, deviation: 0.55),
                                .init("text only", 80.02, deviation: 1.3, series: 1),
                            ]), caption: "F1 on the test split; error bars are standard deviations over seeds."),
                    .figure(
                        SVGBars(
                            label: "Differences", title: "difference of F1, points",
                            bars: [
                                .init("PER", 1.2, interval: 0.3...2.2), .init("LOC", -0.4, interval: -1.5...0.6),
                                .init("ORG", 2.3, interval: 0.9...4.1, series: 4), .init("MISC", .nan),
                            ]), caption: "Differences by type, with their 95 % intervals."),
                ]),
            HTMLPage.Section(
                "Heat maps",
                [
                    .figure(confusion, caption: "Which types are taken for which."),
                    .figure(values, caption: "Shapley values of words for regions."),
                    .figure(attention, caption: "Attention of thirty words to twenty regions."),
                ]),
            HTMLPage.Section(
                "Tables",
                [
                    .table(
                        HTMLTable(
                            header: ["model", "F1", "precision", "recall", "posts"],
                            rows: [
                                ["ShapCA", "86.12 ± 0.40", "85.90", "86.34", "723"],
                                ["text only", "80.02 ± 1.30", "79.11", "80.95", "723"],
                            ], caption: "Exact span and type, in percent."))
                ]),
        ], footer: "Everything on this page is in this one file.")

    private static func series(_ name: String, _ ceiling: Double, _ rate: Double) -> SVGChart.Series {
        SVGChart.Series(
            name,
            (1...20).map { epoch in
                let rest = exp(-rate * Double(epoch))
                return .init(x: Double(epoch), y: ceiling - 0.4 * rest, deviation: 0.01 + 0.05 * rest)
            })
    }

    private static let curves = SVGChart(
        label: "F1 by epoch", xTitle: "epoch", yTitle: "F1",
        series: [
            series("ShapCA", 0.86, 0.4), series("without alignment", 0.84, 0.3), series("text only", 0.79, 0.5),
        ])

    private static let losses = SVGChart(
        label: "Loss by step", xTitle: "step", yTitle: "loss",
        series: ["total", "task", "text", "picture"].enumerated().map { index, name in
            SVGChart.Series(
                name,
                (1...12_000).map { step in
                    let time = Double(step)
                    let noise = 0.1 * sin(time * Double(index + 3)) + 0.05 * sin(time * 0.37)
                    let loss = Double(4 - index) * exp(-time / 2500) + 0.3 + noise
                    return .init(x: time, y: step == 6000 ? .nan : loss)
                })
        }, includesZero: true)

    private static let many = SVGChart(
        label: "Eight series", xTitle: "training posts", yTitle: "learning rate",
        series: (1...8).map { index in
            SVGChart.Series(
                "series number \(index)",
                stride(from: 0, through: 4000, by: 500).map {
                    .init(x: Double($0), y: 1e-5 * Double(index) * (1 + Double($0) / 4000))
                })
        })

    private static let confusion = SVGHeatMap(
        label: "Confusion of types", rows: ["person", "place", "organisation", "other", "none"],
        columns: ["PER", "LOC", "ORG", "MISC", "none"],
        values: [
            [412, 3, 11, 6, 20], [4, 301, 14, 5, 11], [9, 22, 198, 17, 30], [3, 6, 19, 88, 41], [16, 9, 27, 30, 0],
        ], decimals: 0)

    private static let values = SVGHeatMap(
        label: "Shapley values",
        rows: "RT @user : Bill Gates in Washington D.C.".split(separator: " ").map(String.init),
        columns: ["region 1", "region 2", "a picture of two men talking at a conference", "region 4", "region 5"],
        values: matrix(rows: 8, columns: 5) { row, column in
            row == 2 && column == 1 ? .nan : sin(Double(row * 5 + column) * 1.3) / 2
        }, scale: .diverging)

    private static let attention = SVGHeatMap(
        label: "Attention", rows: (1...20).map { "region \($0)" }, columns: (1...30).map { "word\($0)" },
        values: matrix(rows: 20, columns: 30) { row, column in
            let distance = Double(column) - 1.5 * Double(row)
            return exp(-distance * distance / 20)
        })

    private static func matrix(rows: Int, columns: Int, _ value: (Int, Int) -> Double) -> [[Double]] {
        (0..<rows).map { row in (0..<columns).map { value(row, $0) } }
    }
}
