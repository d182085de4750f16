/// How the two entities of a relation are shown to the encoder.
public struct MREOptions: Sendable, Equatable, Codable {
    /// Whether head and tail stand between markers of their own (Baldini Soares et al., 2019).
    public var markers = false

    public init() {}
}

extension MREOptions {
    /// What is wrong with markers in another task.
    package static func problem(of task: Task) -> String {
        "mre.markers marks the given entities of relations, but the task is \(task.rawValue)"
    }
}
