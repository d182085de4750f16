/// What a score counts, and by which protocol. The raw value is the name that tables print.
public enum Measure: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
    case relations = "relations, None left out"
    case jointUnordered = "joint, unordered pairs (EEGA)"
    case jointStrict = "joint, strict"
    case jointBoundaries = "joint, boundaries only"
    case entities = "entities"
}
