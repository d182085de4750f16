import Foundation

extension Dataset {
    /// A dataset among those that are joined.
    public struct Part: Sendable {
        /// The dataset's name; its path where another has the same name.
        public let name: String
        /// The entry that it was read by.
        public let source: DataSource
        /// The entity types that are annotated in it, as they are called after the entry's map.
        public let annotatedTypes: Set<String>
        /// The places of its posts in the splits of the whole.
        public let posts: [Split: Range<Int>]
    }

    /// Reads datasets and joins them, one after the other. Each annotates the types that occur in any of its splits, by the names
    /// that its entry gives them, and no others: ``Post/annotatedTypes``.
    /// - Parameter only: the splits to keep; nil keeps all that are there.
    /// - Throws: the first ``CorpusError`` or ``DataSourceError``.
    public static func load(_ sources: [DataSource], only: Set<Split>? = nil) throws -> Dataset {
        let paths = sources.map(\.path.standardizedFileURL.path)
        if let path = paths.indices.first(where: { paths[..<$0].contains(paths[$0]) }) {
            throw DataSourceError.repeatedPath(paths[path])
        }
        let datasets = try sources.map { source in
            try load(folder: source.path, contexts: source.contexts, images: source.images, format: source.format)
        }
        return try Dataset(joining: datasets, sources, only: only)
    }

    private init(joining datasets: [Dataset], _ sources: [DataSource], only: Set<Split>?) throws {
        let names = datasets.map(\.name)
        self.init(name: "", folder: datasets[0].folder, splits: [:])
        for (dataset, source) in zip(datasets, sources) {
            let isOnlyName = names.count { $0 == dataset.name } == 1
            let name = isOnlyName ? dataset.name : source.path.path(percentEncoded: false)
            let types = dataset.entityTypes
            if let problem = source.problems(with: types, of: name).first { throw problem }
            guard !types.isEmpty else { throw DataSourceError.withoutEntities(dataset: name) }
            let annotated = Set(types.map { source.map[$0] ?? $0 })
            var places: [Split: Range<Int>] = [:]
            for (split, posts) in dataset.splits where only?.contains(split) ?? true {
                let before = self[split].count
                splits[split, default: []] += posts.map { $0.mapped(by: source.map, annotatedTypes: annotated) }
                places[split] = before..<(before + posts.count)
            }
            parts.append(Part(name: name, source: source, annotatedTypes: annotated, posts: places))
            findings.merge(dataset.findings)
        }
        name = parts.map(\.name).joined(separator: ", ")
        let provenances = Set(zip(datasets, sources).filter { $1.contexts != nil }.map { $0.0.contextProvenance })
        if provenances.count == 1, let provenance = provenances.first { contextProvenance = provenance }
    }

    /// The entity types of all splits.
    private var entityTypes: Set<String> { Set(splits.values.joined().flatMap { $0.entities.map(\.type) }) }
}

extension Post {
    /// The post with its entity types renamed, and with the types that its annotators looked for.
    fileprivate func mapped(by map: [String: String], annotatedTypes: Set<String>) -> Post {
        var post = self
        post.entities = annotation.renaming(map).entities
        post.annotatedTypes = annotatedTypes
        return post
    }
}
