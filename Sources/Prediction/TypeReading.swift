import Corpus

/// A type of annotated posts that a model has by another name.
package struct TypeReading: Sendable, Equatable {
    package let from: String
    package let to: String
    /// The number of entities of the type.
    package let count: Int

    package init(from: String, to: String, count: Int) { (self.from, self.to, self.count) = (from, to, count) }
}

extension LabelSet {
    /// Twitter-2015's `OTHER`, which Twitter-2017 calls `MISC`, where a model has only `MISC`; nil where it has not, and where
    /// the posts have both or none.
    /// - Parameter names: the types that are read as others already.
    package func reading(of posts: [Post], beside names: [String: String]) -> TypeReading? {
        let (other, miscellaneous) = ("OTHER", "MISC")
        let types = posts.lazy.flatMap(\.entities).map(\.type)
        let count = types.count { $0 == other }
        guard count > 0, !types.contains(miscellaneous), names[other] == nil, names[miscellaneous] == nil,
            entityTypes.contains(miscellaneous), !entityTypes.contains(other)
        else { return nil }
        return TypeReading(from: other, to: miscellaneous, count: count)
    }
}
