import Charts
import Corpus
import Evaluation
import Extraction
import Foundation
import Prediction
import Shapley
import Training
import Vision

extension RunReport {
    /// A split looked at with the run's model.
    struct Examination {
        let split: Split
        let dataset: Dataset
        let posts: [Post]
        let prepared: [PreparedPost]
        let extractor: Extractor
        /// In word offsets, as they are drawn.
        let gold: [Annotation]
        let found: [Annotation]
        /// The scores of the split and of each post, in the offsets of the posts.
        let total: TaskScores
        let single: [TaskScores]
        /// The entities that were found; none where they are given.
        let confidences: [Confidence]
        /// The gold entities that no answer can equal.
        let unfindable: Int

        var task: ExtractionTask { extractor.configuration.task }
        var labels: LabelSet { extractor.configuration.labels }

        init(_ split: Split, dataset: Dataset, extractor: Extractor) throws {
            self.split = split
            self.dataset = dataset
            self.extractor = extractor
            let posts = try dataset.posts(of: split)
            let prepared = try extractor.prepare(posts, isAligned: true)
            let answers = try extractor.answers(to: prepared, batchSize: 32)
            let scored = extractor.scored(answers, to: posts, prepared).scored
            (self.posts, self.prepared) = (posts, prepared)
            gold = zip(posts, prepared).map { $1.words.annotation(of: $0) }
            let task = extractor.configuration.task
            found = zip(posts, answers).map { task.counted($1.annotation.annotation, in: $0) }
            total = scored.scores
            unfindable = scored.unfindable
            single = scored.ofEachPost
            confidences = scored.confidences
        }
    }
}

extension RunReport.Examination {
    /// Precision, recall and F1 of every type and protocol, with bootstrap intervals of F1.
    var scores: HTMLPage.Section {
        let all = total.all
        func row(_ name: String, _ score: Score, _ posts: [Score]) -> [String] {
            let nothing = posts.map { Score(gold: $0.gold) }
            let interval = PairedBootstrap(posts, nothing, resamples: 1000)
            let fractions = [score.precision, score.recall, score.f1].map { String(format: "%.2f", 100 * $0) }
            let range = String(format: "%.1f–%.1f", 100 * interval.lower, 100 * interval.upper)
            return [name] + fractions + [range, "\(score.gold)", "\(score.predicted)", "\(score.correct)"]
        }
        let header = ["", "precision", "recall", "F1", "95 %", "gold", "predicted", "correct"]
        let totals = all.indices.map { index in
            row(all[index].measure.rawValue, all[index].scores.overall, single.map { $0.all[index].scores.overall })
        }
        var blocks = [HTMLPage.Block.table(HTMLTable(header: header, rows: totals, caption: "all types"))]
        for index in Set([0, all.count - 1]).sorted() {
            let rows = all[index].scores.perType.sorted { $0.key < $1.key }.map { type, score in
                row(type, score, single.map { $0.all[index].scores.perType[type] ?? Score() })
            }
            blocks.append(.table(HTMLTable(header: header, rows: rows, caption: all[index].measure.rawValue)))
        }
        return HTMLPage.Section(
            "Scores on the \(split) split",
            [
                .paragraph(
                    "\(dataset.name), \(Fingerprint(posts: posts).title): \(posts.count) posts, one seed. "
                        + "Intervals are over posts."
                        + (unfindable > 0 ? " \(ScoredPosts.missed(unfindable))." : "")
                )
            ]
                + blocks)
    }

    /// The posts with the most errors.
    var mistakes: HTMLPage.Section {
        let errors = posts.indices.map { index -> Int in
            let score = single[index].all.reduce(into: Score()) { $0 += $1.scores.overall }
            return score.gold + score.predicted - 2 * score.correct
        }
        let worst = posts.indices.filter { errors[$0] > 0 }.sorted { (errors[$1], $0) < (errors[$0], $1) }.prefix(20)
        guard !worst.isEmpty else { return HTMLPage.Section("Mistakes", [.paragraph("There are none.")]) }
        let blocks = worst.flatMap { index -> [HTMLPage.Block] in
            let contexts = posts[index].pictures.compactMap(\.context).joined(separator: " / ")
            let context =
                contexts.isEmpty ? "\(posts[index].id), without context" : "\(posts[index].id): \(contexts)"
            let figure = SVGAnnotation(
                words: prepared[index].words.words, gold: gold[index], predicted: found[index],
                types: labels.entityTypes)
            return [.figure(figure, caption: context)] + pictures(of: posts[index])
        }
        return HTMLPage.Section("Worst mistakes", blocks)
    }

    /// The pictures of a post as parts of the page, made small; without those that cannot be read.
    private func pictures(of post: Post) -> [HTMLPage.Block] {
        post.pictures.compactMap { markup(of: $0, post: post.id) }.map { .markup($0) }
    }

    private func markup(of picture: Post.Picture, post: String) -> String? {
        guard let url = picture.imageURL, let data = try? PictureSource.file(url).read(limits: PictureLimits()),
            let small = try? PictureShrinker(largestSide: 512).jpeg(of: data, name: picture.image ?? "")
        else { return nil }
        let name = "the picture of post \(post)".escapedForMarkup
        return "<figure><img alt=\"\(name)\" style=\"max-width: 100%; max-height: 16rem\" "
            + "src=\"data:image/jpeg;base64,\(small.base64EncodedString())\"/></figure>"
    }

    /// The Shapley values of the contexts of a few posts for each other's texts.
    func alignment() throws -> HTMLPage.Section? {
        let chosen = posts.indices.filter { !prepared[$0].encoded.sequence.pair.isEmpty }.prefix(14)
        guard chosen.count > 1 else { return nil }
        let batch = try extractor.batch(chosen.map { prepared[$0] }, isAligned: true).batch
        guard let game = try extractor.model.games(batch).text else { return nil }
        let temperature = extractor.configuration.alignment.temperature
        let values = try ShapleyEstimator.exact.values(of: GameMatrix(rows: game.cosines), temperature: temperature)
        let names = game.items.map { posts[chosen[$0.post]].id }
        return HTMLPage.Section(
            "Alignment",
            [
                .figure(
                    SVGHeatMap(
                        label: "Shapley values of contexts for texts", rows: names, columns: names,
                        values: values.values.rows, scale: .diverging),
                    caption:
                        "Rows are texts, columns are contexts: the exact Shapley value of each context in the game of "
                        + "each text, at temperature \(temperature). The diagonal is each text's own context.")
            ])
    }

    /// The attention of a post's entities to its picture; nil where no post has both.
    /// - Parameter id: of the post; the first one with a picture and a found entity where it is nil.
    /// - Throws: ``ReportError/nothingToLookAt(post:reason:)`` where the named post cannot be shown, `TorchError`.
    func attention(of id: String?) throws -> HTMLPage.Section? {
        guard let id else {
            for index in posts.indices where prepared[index].hasPicture && !found[index].entities.isEmpty {
                if case .success(let section) = try attention(at: index) { return section }
            }
            return nil
        }
        guard let index = posts.firstIndex(where: { $0.id == id }) else {
            throw ReportError.nothingToLookAt(
                post: id, reason: "the \(split) split of \(dataset.name) has no such post")
        }
        return try attention(at: index).get()
    }

    /// The attention of the first words of a post's entities, found or missed; or why there is none.
    private func attention(at index: Int) throws -> Result<HTMLPage.Section, ReportError> {
        func nothing(_ reason: String) -> Result<HTMLPage.Section, ReportError> {
            .failure(.nothingToLookAt(post: posts[index].id, reason: reason))
        }
        guard extractor.model.imageEncoder != nil else { return nothing("the model does not look at pictures") }
        let seen = try extractor.batch([prepared[index]])
        let statuses = seen.outcomes[0].map(\.status)
        let seenPictures = statuses.indices.filter { statuses[$0] == .used }
        guard !seenPictures.isEmpty else {
            let isNamed = statuses.contains { $0 != .none }
            return nothing(seen.pictureProblems.first ?? (isNamed ? "its picture is not there" : "it has no picture"))
        }
        guard let weights = try extractor.model.regionAttention(seen.batch) else {
            return nothing("the words of a model with fusion.attention=none do not look at regions")
        }
        let found = found[index].entities
        let missed = gold[index].entities.filter { entity in
            !found.contains { $0.start == entity.start && $0.end == entity.end }
        }
        let all =
            found.map { ($0, task.findsEntities ? "found as \($0.type)" : "given") }
            + missed.map { ($0, "annotated as \($0.type), not found") }
        let shown = all.filter { entity, _ in entity.start < entity.end && entity.start < weights.count }
        guard !shown.isEmpty else { return nothing("no entity is found or annotated in it") }
        let words = prepared[index].words.words
        let figures = shown.flatMap { entity, what -> [HTMLPage.Block] in
            let name = words[entity.start..<entity.end].joined(separator: " ")
            let regions = weights[entity.start]
            let count = regions.count / seenPictures.count
            return seenPictures.enumerated().map { place, number in
                let picture = statuses.count > 1 ? "regions of picture \(number + 1)" : "picture's regions"
                return Self.attentionFigure(
                    of: name, Array(regions[(place * count)..<((place + 1) * count)]),
                    caption: "\(name), \(what): the attention of its first word over the \(picture)")
            }
        }
        return .success(
            HTMLPage.Section(
                "Attention", [.paragraph(words.joined(separator: " "))] + pictures(of: posts[index]) + figures))
    }

    /// The attention to the regions of one picture, row by row.
    private static func attentionFigure(of name: String, _ regions: [Double], caption: String) -> HTMLPage.Block {
        let side = Int(Double(regions.count).squareRoot())
        let places = (1...side).map(String.init)
        return .figure(
            SVGHeatMap(
                label: "Where \(name) looks", rows: places, columns: places,
                values: (0..<side).map { Array(regions[($0 * side)..<(($0 + 1) * side)]) }, decimals: 3),
            caption: caption)
    }
}
