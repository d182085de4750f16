/// Why a part-of-speech tagger cannot be loaded.
public enum TaggerError: Error, Equatable, CustomStringConvertible {
    /// A file of the tagger is not there or cannot be opened.
    case unreadable(file: String)
    /// A file of the tagger is not what the converter writes.
    case malformed(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file):
            "\(file) cannot be read: the part-of-speech tagger is not set up; run `make setup`."
        case .malformed(let file, let reason):
            "\(file) is no part-of-speech tagger: \(reason). Delete it and run `make setup`."
        }
    }
}
