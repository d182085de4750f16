import Corpus
import Evaluation
import Extraction
import Training

/// A row of a table: the method, changed in some settings.
package struct Variant: Sendable, Equatable {
    /// The name that tables print.
    package var name: String
    /// The name of its folder.
    var slug: String
    /// `key=value` settings that make it.
    var settings: [String]
    /// The generator of its contexts, where it is not that of the whole table.
    var generator: String?
    /// The paper's F1 in percent, by dataset and measure.
    var published: [Column: Double] = [:]
    /// The `key=value` settings at which a figure draws it and which it leaves to the configuration.
    var drawnAt: [String] = []
    /// The slugs of the rows that it is compared to; none for that of the whole table.
    var comparedTo: [String] = []

    /// A column of a table: what is measured where.
    struct Column: Hashable {
        var trained: StudyDataset
        var tested: StudyDataset
        var measure: Measure

        init(_ trained: StudyDataset, tested: StudyDataset? = nil, _ measure: Measure) {
            self.trained = trained
            self.tested = tested ?? trained
            self.measure = measure
        }
    }

    /// Why the row is left out where there are no pictures; nil where it is not.
    /// - Parameters:
    ///   - base: the configuration that the row changes.
    ///   - others: rows of the table that are kept.
    /// - Throws: ``ConfigurationError``.
    func reasonAgainstNoPictures(in base: TrainingConfiguration, besides others: [Variant]) throws -> String? {
        var base = base
        base.picture.encoder = TrainingConfiguration().picture.encoder
        var changed = try applied(to: base)
        if changed.alignment.via == .direct, base.alignment.via != .direct {
            return "\(name) aligns pictures with texts and is left out without pictures"
        }
        changed.picture.encoder = "none"
        let same = try others.first { other in
            var blind = try other.applied(to: base)
            blind.picture.encoder = "none"
            return other.slug != slug && changed.differences(from: blind).isEmpty
        }
        return same.map { "\(name) is what \($0.name) is where there are no pictures" }
    }

    private func applied(to base: TrainingConfiguration) throws -> TrainingConfiguration {
        var configuration = base
        try configuration.apply(overrides: settings)
        return configuration
    }

    /// Checks that a figure draws a run where it is.
    /// - Throws: ``ReproductionError/drawnElsewhere(_:setting:)``.
    func requireDrawn(at configuration: TrainingConfiguration) throws {
        for setting in drawnAt {
            var drawn = configuration
            try drawn.apply(overrides: [setting])
            guard drawn == configuration else { throw ReproductionError.drawnElsewhere(name, setting: setting) }
        }
    }

    /// Whether the variant has what it takes away from the method.
    func applies(to task: ExtractionTask) -> Bool {
        switch slug {
        case Self.withoutWordPairContrast.slug: task.findsRelations
        case Self.bertCRF.slug: task.usesTags
        default: true
        }
    }
}

extension Variant {
    private init(
        _ name: String, _ slug: String, _ settings: [String], t15: Double? = nil, t17: Double? = nil,
        joint: Double? = nil, jointEntities: Double? = nil, mnre: Double? = nil
    ) {
        self.init(name: name, slug: slug, settings: settings)
        let columns: [(StudyDataset, Measure, Double?)] = [
            (.twitter2015, .entities, t15), (.twitter2017, .entities, t17), (.mnre, .relations, mnre),
            (.jmere, .jointUnordered, joint), (.jmere, .entities, jointEntities),
        ]
        for (dataset, measure, value) in columns { published[Column(dataset, measure)] = value }
    }

    private static let withoutTheMethod = [
        "picture.encoder=none", "alignment.method=none", "fusion.attention=none",
    ]

    /// Text only, with the random field on top.
    static let bertCRF = Variant(
        "BERT + CRF (text only)", "bert-crf", withoutTheMethod + ["context.enabled=false"], t15: 71.81, t17: 83.44)

    /// Text and context read together, without alignment and fusion.
    static let baseline = Variant(
        "Baseline (text and context)", "baseline", withoutTheMethod, joint: 52.36, jointEntities: 76.35)

    /// The same with nothing but the head on the encoder: no part of speech, position or contrast, as the paper's text
    /// describes it.
    static let bareBaseline = Variant(
        "Baseline, bare (text and context, head only)", "baseline-bare",
        withoutTheMethod + ["head.syntax=false", "wordPair.contrast=false"])

    static let withoutContextInAlignment = Variant(
        "w/o context in alignment", "without-context-in-alignment", ["alignment.via=direct"],
        t15: 74.87, t17: 86.19, joint: 54.07, jointEntities: 77.74, mnre: 66.29)

    static let withoutContextInFusion = Variant(
        "w/o context in fusion", "without-context-in-fusion", ["fusion.gate=none"],
        t15: 75.24, t17: 87.31, joint: 53.35, jointEntities: 77.49, mnre: 66.41)

    static let withoutShapley = Variant(
        "w/o Shapley value (InfoNCE)", "infonce", infoNCEForm,
        t15: 75.38, t17: 86.58, joint: 54.14, jointEntities: 77.48, mnre: 65.72)

    /// Not in the paper: what the alignment is worth at all.
    static let withoutAlignment = Variant("w/o alignment", "without-alignment", ["alignment.method=none"])

    static let withoutWordPairContrast = Variant(
        "w/o word-pair contrast", "without-word-pair-contrast", ["wordPair.contrast=false"],
        joint: 54.73, jointEntities: 78.02, mnre: 67.12)

    static let withoutImage = Variant(
        "w/o image", "without-image", ["picture.encoder=none"], joint: 53.96, jointEntities: 77.19)

    /// The method as the paper prints it: Eq. 5, Algorithm 1, and the best weights of its Figure 3. The paper's own numbers
    /// stand beside it.
    static let cyclic = {
        var variant = Variant(
            "Shap-CA (cyclic)", "shap-ca-cyclic", printedForm + ["alignment.estimator=cyclic"] + onePath,
            t15: 76.93, t17: 88.32, joint: 55.95, jointEntities: 79.29, mnre: 67.94)
        variant.published[Column(.twitter2017, tested: .twitter2015, .entities)] = 69.14
        variant.published[Column(.twitter2015, tested: .twitter2017, .entities)] = 65.12
        return variant
    }()

    /// The method with exact Shapley values.
    static let exact = Variant("Shap-CA (exact)", "shap-ca", ["alignment.estimator=exact"])

    /// Eq. 5 with other weights of the alignments; the paper shows a curve without numbers.
    static func printed(alpha: Double, beta: Double) -> Variant {
        Variant(
            "alpha \(alpha), beta \(beta)", "alpha-\(alpha)-beta-\(beta)",
            printedForm + ["alignment.alpha=\(alpha)", "alignment.beta=\(beta)"] + onePath)
    }

    /// Shap-CA with other weights of both alignments.
    static func weight(_ alpha: Double) -> Variant {
        Variant("alpha \(alpha)", "alpha-\(alpha)", ["alignment.alpha=\(alpha)", "alignment.beta=\(2 * alpha)"])
    }

    /// Shap-CA with another temperature of the games; the paper does not give its own.
    static func temperature(_ value: Double) -> Variant {
        Variant("temperature \(value)", "temperature-\(value)", ["alignment.temperature=\(value)"])
    }

    static let textAsCLS = Variant("text as [CLS]", "text-as-cls", ["alignment.pooling=cls"])

    static let separateEncoding = Variant(
        "text and context encoded apart", "separate-encoding", ["alignment.encoding=separate"])

    /// Eq. 5, whose negatives a batch can lower by collapsing.
    static let sumOfNegatives = Variant("sum of negatives", "sum-of-negatives", ["alignment.negatives=sum"])

    static let projected = Variant(
        "projection by perceptrons", "projection", ["alignment.projection=perceptron"])

    /// Shap-CA with an estimator in batches of another size. `permutation` walks 4 orders and `antithetic` 2 both ways:
    /// as many walks as `cyclic` in a batch of 28.
    static func estimator(_ estimator: AlignmentOptions.Estimator, batchSize: Int) -> Variant {
        let sizeSetting = "training.batchSize=\(batchSize)"
        if (estimator, batchSize) == (.exact, 28) {
            var variant = exact
            variant.drawnAt = [sizeSetting]
            return variant
        }
        let samples = [.permutation: 4, .antithetic: 2][estimator].map { ["alignment.samples=\($0)"] } ?? []
        return Variant(
            "\(estimator.rawValue), batches of \(batchSize)", "\(estimator.rawValue)-batch-\(batchSize)",
            ["alignment.estimator=\(estimator.rawValue)", sizeSetting] + samples)
    }

    /// The method with the contexts of a generator, which the paper may have used too.
    func reading(_ generator: String) -> Variant {
        let paper: [String: (joint: Double, entities: Double)] = [
            "bu": (55.48, 78.69), "vinvl": (55.67, 78.83), "blip2": (55.76, 79.03), "llava": (55.95, 79.29),
            "gpt4": (56.13, 79.41),
        ]
        var variant = self
        variant.name = "contexts of \(generator)"
        variant.generator = generator
        variant.published = [:]
        if let (joint, entities) = paper[generator] {
            variant.published[Column(.jmere, .jointUnordered)] = joint
            variant.published[Column(.jmere, .entities)] = entities
        }
        return variant
    }
}
