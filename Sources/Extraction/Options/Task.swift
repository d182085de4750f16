/// What a model finds.
public enum Task: String, Sendable, Codable, CaseIterable {
    /// Named entities (MNER).
    case entities
    /// The relation of two given entities (MRE).
    case relations
    /// Entities and the relations between them (MJERE).
    case joint
}
