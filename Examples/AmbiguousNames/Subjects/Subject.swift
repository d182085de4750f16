import Support

/// A kind of thing that a name can stand for; the picture decides which.
enum Subject: String, CaseIterable {
    case dog = "MISC"
    case person = "PER"
    case place = "LOC"
    case company = "ORG"

    /// The entity type of a name that stands for this.
    var entityType: String { rawValue }

    /// Draws one of its kind and says in words what was drawn.
    func draw(on canvas: inout Canvas, using generator: inout SplitMix64) -> String {
        switch self {
        case .dog: Dog(using: &generator).draw(on: &canvas, using: &generator)
        case .person: Person(using: &generator).draw(on: &canvas, using: &generator)
        case .place: Landscape(using: &generator).draw(on: &canvas, using: &generator)
        case .company: Company(using: &generator).draw(on: &canvas, using: &generator)
        }
    }
}

/// Beginnings of descriptions, as captioners write them.
func captionOpening(using generator: inout SplitMix64) -> String {
    generator.pick(["a drawing of", "an illustration of", "a picture of", "a cartoon of", "an image of", "we see"])
}

/// The noun phrase with the article that it needs.
func withArticle(_ phrase: String) -> String {
    let startsWithVowel = phrase.first.map { "aeiou".contains($0) } ?? false
    return (startsWithVowel ? "an " : "a ") + phrase
}
