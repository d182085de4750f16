import Charts
import Corpus
import Evaluation
import Extraction

extension RunReport.Examination {
    /// The types that were taken for others: entities of the same words, and relations of the same pair.
    var confusion: HTMLPage.Section? {
        let entities = task.findsEntities ? confusion(of: "entities of the same words", entityPairs) : nil
        let relations = task.findsRelations ? confusion(of: "relations of the same pair", relationPairs) : nil
        let figures = [entities, relations].compactMap { $0 }
        return figures.isEmpty ? nil : HTMLPage.Section("Confusion", figures)
    }

    private static let missing = "nothing"

    /// The counts of every annotated and found type; nil where there are none.
    private func confusion(of what: String, _ pairs: [TypePair: Int]) -> HTMLPage.Block? {
        guard !pairs.isEmpty else { return nil }
        let types =
            Set(pairs.keys.flatMap { [$0.gold, $0.found] }).subtracting([Self.missing]).sorted() + [Self.missing]
        return .figure(
            SVGHeatMap(
                label: "Annotated types against found ones, \(what)", rows: types, columns: types,
                values: types.map { gold in types.map { Double(pairs[TypePair(gold: gold, found: $0)] ?? 0) } },
                decimals: 0),
            caption: "Rows are annotated \(what), columns are found ones")
    }

    /// The annotated type, and the found one in its place.
    private struct TypePair: Hashable {
        var gold: String
        var found: String
    }

    private var entityPairs: [TypePair: Int] {
        var pairs: [TypePair: Int] = [:]
        for (gold, found) in zip(gold, found) {
            func type(in entities: [Entity], at entity: Entity) -> String {
                entities.first { $0.start == entity.start && $0.end == entity.end }?.type ?? Self.missing
            }
            for entity in gold.entities {
                pairs[TypePair(gold: entity.type, found: type(in: found.entities, at: entity)), default: 0] += 1
            }
            for entity in found.entities where type(in: gold.entities, at: entity) == Self.missing {
                pairs[TypePair(gold: Self.missing, found: entity.type), default: 0] += 1
            }
        }
        return pairs
    }

    private var relationPairs: [TypePair: Int] {
        var pairs: [TypePair: Int] = [:]
        for (gold, found) in zip(gold, found) {
            let annotated = relationTypes(of: gold)
            let predicted = relationTypes(of: found)
            for pair in Set(annotated.keys).union(predicted.keys) {
                let types = TypePair(gold: annotated[pair] ?? Self.missing, found: predicted[pair] ?? Self.missing)
                pairs[types, default: 0] += 1
            }
        }
        return pairs
    }

    /// The relation of each pair of spans that has one; a pair has no direction where entities are found too.
    private func relationTypes(of annotation: Annotation) -> [[Range<Int>]: String] {
        var types: [[Range<Int>]: String] = [:]
        for triple in annotation.triples where triple.type != Relation.noneType {
            let pair = [triple.head, triple.tail].map { $0.start..<$0.end }
            let key = task.directsRelations ? pair : pair.sorted { $0.lowerBound < $1.lowerBound }
            types[key] = types[key] ?? triple.type
        }
        return types
    }
}
