import Foundation
import Support

/// A dataset of several that are read together, as an entry of the `data` of a configuration says it.
public struct DataSource: Sendable, Equatable {
    /// A folder of splits, or one file.
    public var path: URL
    /// The format of the files; nil recognises it.
    public var format: DatasetFormat?
    /// A context file, as in ``Dataset``.
    public var contexts: URL?
    /// The folder of the pictures where they are not with the dataset.
    public var images: URL?
    /// The entity types that are read as others, for example `["person": "PER"]`.
    public var map: [String: String] = [:]
    /// The entity types that are annotated, as they are called after ``map``; nil for all that occur.
    public var types: [String]?
    /// The times that a post is drawn in a pass over the posts, on average.
    public var weight = 1.0

    /// The numbers that ``weight`` can be.
    package static let weights = 0.001...1000.0

    /// Makes an entry that reads the whole dataset as it is.
    public init(path: URL) { self.path = path }

    /// What is wrong with ``map`` and ``types``: a type that they name must occur, and where either is given, they must
    /// name all that occur.
    /// - Parameters:
    ///   - types: the entity types of the dataset, before they are mapped.
    ///   - name: the dataset's name.
    func problems(with types: Set<String>, of name: String) -> [DataSourceError] {
        let mapped = Set(types.map { map[$0] ?? $0 })
        func unknown(_ named: [String], _ present: Set<String>, field: String) -> [DataSourceError] {
            named.filter { !present.contains($0) }.map {
                .unknownType($0, field: field, dataset: name, present: present.sorted())
            }
        }
        let named = Set(self.types ?? Array(map.values))
        let unnamed = self.types == nil && map.isEmpty ? [] : mapped.subtracting(named).sorted()
        return unknown(map.keys.sorted(), types, field: "map") + unknown(self.types ?? [], mapped, field: "types")
            + unnamed.map { type in
                let other = type.nearest(in: named.union(map.keys).subtracting(mapped).subtracting(types).sorted())
                return .unnamedType(type, dataset: name, isMapped: map.values.contains(type), nearest: other)
            }
    }
}

/// Datasets that cannot be read together.
public enum DataSourceError: Error, CustomStringConvertible, Sendable, Equatable {
    /// `map` or `types` names a type that the dataset does not have.
    case unknownType(String, field: String, dataset: String, present: [String])
    /// The dataset has a type that neither `map` nor `types` names, or that `map` makes and `types` does not name.
    case unnamedType(String, dataset: String, isMapped: Bool, nearest: String?)
    /// Two entries have one path.
    case repeatedPath(String)
    /// The dataset has no entity.
    case withoutEntities(dataset: String)

    public var description: String {
        switch self {
        case .unknownType(let type, let field, let dataset, let present):
            "data set \(dataset): \(field) names the type \(type.quoted), which it does not have"
                + (type.nearest(in: present).map { "; did you mean \($0.quoted)?" } ?? "")
                + " (it has \(present.map(\.quoted).joined(separator: ", ")))"
        case .unnamedType(let type, let dataset, true, _):
            "data set \(dataset): map makes the type \(type.quoted), which types does not name; add it there"
        case .unnamedType(let type, let dataset, false, let nearest):
            "data set \(dataset) has the type \(type.quoted), which neither map nor types names; "
                + (nearest.map { "did you mean it by \($0.quoted)? Else " } ?? "")
                + "map it to another type, or to itself to keep it"
        case .repeatedPath(let path):
            "\(path): is named by two entries of data; keep one, whose weight says how often its posts are drawn"
        case .withoutEntities(let dataset):
            "data set \(dataset) has no entity, and so none of its words would be learnt from; leave it out"
        }
    }
}
