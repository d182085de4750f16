import Extraction

/// The settings of forms of the loss, and the rows of the study of pictures. Each row of the study names all settings that it is
/// about, so that no default changes what it is.
extension Variant {
    private static let noAlignment = ["alignment.method=none"]

    /// The default form of the loss and its weight.
    private static let defaultForm = [
        "alignment.method=shapley", "alignment.estimator=exact", "alignment.negatives=mean", "alignment.alpha=0.02",
        "alignment.beta=0.04",
    ]

    /// Eq. 5 at the best weights of the paper's Figure 3.
    static let printedForm = [
        "alignment.method=shapley", "alignment.estimator=exact", "alignment.negatives=sum", "alignment.alpha=0.2",
        "alignment.beta=0.4",
    ]

    /// InfoNCE at the weights that the study of forms chose for it.
    static let infoNCEForm = ["alignment.method=infonce", "alignment.alpha=0.003", "alignment.beta=0.006"]

    /// The task's loss with pictures alone, and the scores of that path, as in the paper.
    static let onePath = ["training.hiddenPicture=0.0", "fusion.paths=picture"]

    /// The task's loss with hidden pictures too, and the scores of both paths.
    private static let hiddenPictures = ["training.hiddenPicture=0.5", "fusion.paths=both"]

    private static func picture(
        _ name: String, _ slug: String, _ settings: [String], comparedTo references: [String]
    ) -> Variant {
        Variant(name: name, slug: slug, settings: settings + onePath, comparedTo: references)
    }

    private static let unaligned = picture("w/o alignment", "unaligned", noAlignment, comparedTo: ["contexts-only"])

    /// No alignment, InfoNCE, Eq. 5 as printed, and the default.
    static let forms = [
        unaligned, picture("InfoNCE", "infonce-weak", infoNCEForm, comparedTo: ["unaligned"]),
        picture("Eq. 5 as printed", "printed", printedForm, comparedTo: ["unaligned"]), aligned,
    ]

    private static let aligned = picture(
        "Shap-CA", "aligned", defaultForm, comparedTo: ["unaligned", "infonce-weak", "printed"])

    /// The forms, each also with hidden pictures.
    static let pictureRows = forms + forms.map(\.hidingPictures)

    /// The words and contexts alone.
    static let contextsOnly = picture(
        "w/o pictures", "contexts-only", ["picture.encoder=none"] + noAlignment, comparedTo: ["unaligned"])

    /// The default with what decides whether its games reach what the fusion reads, and with the paper's estimator.
    static let alignedRows = [
        picture(
            "Shap-CA (cyclic)", "aligned-cyclic", defaultForm + ["alignment.estimator=cyclic"],
            comparedTo: ["aligned"]),
        picture(
            "Shap-CA, shared projection", "aligned-shared", defaultForm + ["alignment.shared=true"],
            comparedTo: ["aligned"]),
        picture(
            "Shap-CA, encoded apart", "aligned-separate", defaultForm + ["alignment.encoding=separate"],
            comparedTo: ["aligned"]),
        picture(
            "Shap-CA, trained image encoder", "aligned-trained", defaultForm + ["picture.frozen=false"],
            comparedTo: ["aligned"]),
    ]

    /// The default, in whose games the posts without annotation play too.
    static let playedByAll = picture(
        "Shap-CA, all posts play", "aligned-all", defaultForm + ["alignment.players=all"],
        comparedTo: ["unaligned", "aligned"])

    /// The same row with the loss in which every picture is hidden once more, and with the scores of both paths, compared to
    /// those rows that have it too, to itself without, and to words and contexts alone.
    private var hidingPictures: Variant {
        var variant = self
        variant.name += ", hidden pictures"
        variant.slug += "-hidden"
        variant.settings += Self.hiddenPictures
        let others = comparedTo.filter { $0 != Self.contextsOnly.slug }.map { $0 + "-hidden" }
        variant.comparedTo = others + [slug, Self.contextsOnly.slug]
        return variant
    }

    /// The same row on a part of the training split, with at least 200 steps and no early end.
    func limited(to count: Int) -> Variant {
        var variant = self
        variant.name += ", \(count) posts"
        variant.slug = "\(count)-posts-\(slug)"
        variant.comparedTo = comparedTo.map { "\(count)-posts-\($0)" }
        let (epochs, steps, batch) = (25, 200, 28)
        let passes = (steps + epochs * ((count + batch - 1) / batch) - 1) / (epochs * ((count + batch - 1) / batch))
        variant.settings += [
            "training.limit=\(count)", "training.batchSize=\(batch)", "training.epochs=\(epochs)",
            "training.passes=\(passes)", "training.patience=\(epochs)",
        ]
        return variant
    }
}
