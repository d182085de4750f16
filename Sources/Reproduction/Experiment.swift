import Extraction
import Foundation

/// A table or figure of the paper (Luo et al., 2024), or a study of what the paper leaves open.
package enum Experiment: String, Sendable, CaseIterable, Encodable {
    case table1
    case table2
    case table3
    case table5
    case figure3
    case alignment
    case estimators
    case pictures
    case encoders

    /// The heading of its table.
    package var title: String {
        switch self {
        case .table1: "Table 1: the method and its parts on four datasets"
        case .table2: "Table 2: what pictures contribute"
        case .table3: "Table 3: context generators"
        case .table5: "Table 5: training on one dataset, testing on the other"
        case .figure3: "Figure 3: the weights of the two alignments"
        case .alignment: "Alignment: temperature, weight, and what the games see"
        case .estimators: "Estimators of Shapley values by batch size"
        case .pictures: "Pictures: what aligning is worth where pictures decide"
        case .encoders: "Text encoders, whole and by adapters"
        }
    }

    /// The datasets that the paper shows.
    package var datasets: [StudyDataset] {
        switch self {
        case .table1: StudyDataset.published
        case .table2, .table3, .figure3, .alignment: [.jmere]
        case .estimators: [.twitter2017]
        case .pictures: [.picturedNamesHard, .picturedNames]
        case .table5: [.twitter2017, .twitter2015]
        case .encoders: [.twitter2017, .jmere]
        }
    }

    /// The rows; ``table3`` has one for every generator whose contexts are there.
    func rows(of dataset: StudyDataset, generators: [String]) -> [Variant] {
        switch self {
        case .pictures where dataset == .picturedNames:
            [50, 200].flatMap { limit in
                ([Variant.contextsOnly] + Variant.pictureRows + [Variant.playedByAll]).map { $0.limited(to: limit) }
            }
        case .pictures: [.contextsOnly] + Variant.pictureRows + Variant.alignedRows
        case .encoders: Variant.encoders(of: dataset)
        case .table1:
            [
                .bertCRF, .baseline, .bareBaseline, .withoutContextInAlignment, .withoutContextInFusion,
                .withoutShapley,
                .withoutAlignment, .withoutWordPairContrast, .cyclic, .exact,
            ]
        case .table2: [.baseline, .withoutImage, .exact]
        case .table3: generators.map { Variant.exact.reading($0) }
        case .table5: [.bertCRF, .baseline, .exact]
        case .figure3: sweep?.curves.flatMap { $0.points.map(\.variant) } ?? []
        case .alignment:
            [.exact] + [0.03, 0.3, 1].map { .temperature($0) }
                + [0.005, 0.2].map { .weight($0) } + [.sumOfNegatives, .textAsCLS, .separateEncoding, .projected]
        case .estimators:
            Self.batchSizes.flatMap { size in
                AlignmentOptions.Estimator.allCases.map { .estimator($0, batchSize: size) }
            }
        }
    }

    /// The curves of a figure; nil for a table.
    var sweep: Sweep? {
        switch self {
        case .figure3:
            Sweep(
                axis: "weight",
                curves: [
                    Sweep.Curve(
                        name: "alpha, with beta 0.4",
                        points: Self.weights.map { ($0, .printed(alpha: $0, beta: 0.4)) }),
                    Sweep.Curve(
                        name: "beta, with alpha 0.2",
                        points: Self.weights.map { ($0, .printed(alpha: 0.2, beta: $0)) }),
                ])
        case .estimators:
            Sweep(
                axis: "log2 of the batch size",
                curves: AlignmentOptions.Estimator.allCases.map { estimator in
                    Sweep.Curve(
                        name: estimator.rawValue,
                        points: Self.batchSizes.map { (log2(Double($0)), .estimator(estimator, batchSize: $0)) })
                })
        case .table1, .table2, .table3, .table5, .alignment, .pictures, .encoders: nil
        }
    }

    /// The weights that the figure sweeps.
    private static let weights = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]

    /// The numbers of players at which estimators are compared.
    private static let batchSizes = [8, 28, 64, 256]

    /// The datasets that test the models of a dataset; none where the experiment has none for it.
    func tests(trainedOn dataset: StudyDataset) -> [StudyDataset] {
        switch (self, dataset) {
        case (.table5, .twitter2015): [.twitter2017]
        case (.table5, .twitter2017): [.twitter2015]
        case (.table5, _): []
        case (.pictures, .picturedNamesHard): [.picturedNamesHard, .picturedNamesUnseen]
        default: [dataset]
        }
    }
}

/// The content of a figure: rows that differ in one setting, on one or several curves.
struct Sweep: Sendable {
    /// The rows between which one setting changes.
    struct Curve: Sendable {
        var name: String
        /// The rows, from the lowest value on the axis to the highest.
        var points: [(value: Double, variant: Variant)]
    }

    /// The name of the axis: the setting that changes.
    var axis: String
    var curves: [Curve]
}
