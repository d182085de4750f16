import Corpus

extension [Post] {
    /// The parts of a test split that are scored apart, by name, as indices of posts: those whose picture decides what is
    /// named, `picture`, and those whose words do and whose picture is unrelated, `text`. The id ends in the part's name; a
    /// split in which not every id does has none.
    var parts: [String: [Int]] {
        let names = map { post in ["picture", "text"].first { post.id.hasSuffix("-\($0)") } }
        guard !isEmpty, !names.contains(nil) else { return [:] }
        return Dictionary(grouping: indices) { names[$0] ?? "" }
    }
}
