/// A part of a dataset: what is learnt from, what is chosen by, what is reported.
public enum Split: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable, CustomStringConvertible {
    case train, valid, test

    public var description: String { rawValue }
}
