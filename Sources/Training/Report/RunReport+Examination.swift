import Corpus
import Evaluation
import Extraction
import Foundation
import Shapley
import Vision

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
                    "\(dataset.name), \(Fingerprint(posts: posts).title): \(posts.count) posts, one seed. Intervals are over posts."
                )
            ]
                + blocks)
    }

    /// Which type was taken for which: entities of the same words, or relations of the same pair.
    var confusion: HTMLPage.Section? {
        let missing = "nothing"
        var pairs: [[String]: Int] = [:]
        for (gold, found) in zip(gold, found) {
            if task == .relations {
                for relation in gold.relations {
                    let other = found.relation(head: relation.head, tail: relation.tail)
                    pairs[[relation.type, other?.type ?? missing], default: 0] += 1
                }
                continue
            }
            func type(in entities: [Entity], at entity: Entity) -> String {
                entities.first { $0.start == entity.start && $0.end == entity.end }?.type ?? missing
            }
            for entity in gold.entities { pairs[[entity.type, type(in: found.entities, at: entity)], default: 0] += 1 }
            for entity in found.entities where type(in: gold.entities, at: entity) == missing {
                pairs[[missing, entity.type], default: 0] += 1
            }
        }
        guard !pairs.isEmpty else { return nil }
        let types = Set(pairs.keys.joined()).subtracting([missing]).sorted() + [missing]
        let values = types.map { row in types.map { Double(pairs[[row, $0]] ?? 0) } }
        let what = task == .relations ? "relations" : "entities of the same words"
        return HTMLPage.Section(
            "Confusion",
            [
                .figure(
                    SVGHeatMap(
                        label: "Annotated types against found ones", rows: types, columns: types, values: values,
                        decimals: 0),
                    caption: "Rows are annotated \(what), columns are found ones")
            ])
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
            let context =
                posts[index].context.map { "\(posts[index].id): \($0)" } ?? "\(posts[index].id), without context"
            let figure = SVGAnnotation(
                words: prepared[index].words.words, gold: gold[index], predicted: found[index],
                types: labels.entityTypes)
            return [.figure(figure, caption: context)] + (picture(of: posts[index]).map { [.markup($0)] } ?? [])
        }
        return HTMLPage.Section("Worst mistakes", blocks)
    }

    /// A small picture as part of the page; nil where there is none or it is large.
    private func picture(of post: Post) -> String? {
        guard let url = dataset.imageURL(of: post), let data = try? Data(contentsOf: url), data.count < 500_000,
            let format = PictureFormat(firstBytes: data)
        else { return nil }
        let kind = format.rawValue.lowercased()
        let name = "the picture of post \(post.id)".escapedForMarkup
        return "<figure><img alt=\"\(name)\" style=\"max-width: 100%; max-height: 16rem\" "
            + "src=\"data:image/\(kind);base64,\(data.base64EncodedString())\"/></figure>"
    }

    /// The Shapley values of the contexts of a few posts for each other's texts.
    func alignment() throws -> HTMLPage.Section? {
        let chosen = posts.indices.filter { !prepared[$0].encoded.context.isEmpty }.prefix(14)
        guard chosen.count > 1 else { return nil }
        let similarities = try extractor.model.similarities(try extractor.batch(chosen.map { prepared[$0] }).batch)
        let temperature = extractor.model.configuration.alignment.temperature
        let values = try ShapleyEstimator.exact.values(of: GameMatrix(rows: similarities), temperature: temperature)
        let names = chosen.map { posts[$0].id }
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

    /// Where the entities of the first post with a picture look.
    func attention() throws -> HTMLPage.Section? {
        for index in posts.indices where prepared[index].hasPicture && !found[index].entities.isEmpty {
            let batch = try extractor.batch([prepared[index]]).batch
            guard let weights = try extractor.model.regionAttention(batch), let count = weights.first?.count else {
                continue
            }
            let side = Int(Double(count).squareRoot().rounded())
            guard side * side == count else { continue }
            let words = prepared[index].words.words
            let figures = found[index].entities.filter { $0.start < weights.count }.map { entity -> HTMLPage.Block in
                let rows = (0..<side).map { Array(weights[entity.start][($0 * side)..<(($0 + 1) * side)]) }
                let name = words[entity.start..<entity.end].joined(separator: " ")
                let places = (1...side).map(String.init)
                return .figure(
                    SVGHeatMap(label: "Where \(name) looks", rows: places, columns: places, values: rows, decimals: 3),
                    caption:
                        "\(name), found as \(entity.type): the attention of its first word over the picture's regions")
            }
            let image = picture(of: posts[index]).map { [HTMLPage.Block.markup($0)] } ?? []
            return HTMLPage.Section(
                "Attention", [.paragraph(words.joined(separator: " "))] + image + figures)
        }
        return nil
    }
}
