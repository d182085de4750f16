/// Why an encoder cannot be loaded from a Hugging Face folder.
public enum BertError: Error, CustomStringConvertible, Sendable, Equatable {
    /// A file of the folder is missing or cannot be read.
    case missingFile(path: String)
    /// `config.json` lacks a key or says what is not supported.
    case badConfiguration(path: String, problem: String)
    /// None of the weight files that `transformers` writes is there.
    case missingWeights(folder: String, lookedFor: [String])
    /// The weights are not those of this configuration.
    case badWeights(path: String, problem: String)

    public var description: String {
        switch self {
        case .missingFile(let path): "\(path) cannot be read; a BERT folder needs it"
        case .badConfiguration(let path, let problem): "\(path): \(problem)"
        case .missingWeights(let folder, let names):
            "\(folder) holds no weights; looked for \(names.joined(separator: " and "))"
        case .badWeights(let path, let problem): "\(path): \(problem)"
        }
    }
}
