import Support

/// Why a network cannot be adapted.
public enum AdapterError: Error, CustomStringConvertible, Sendable, Equatable {
    /// No linear layer has such a name.
    case unknownLayer(String, nearest: String?)
    /// There is no linear layer to adapt, or none that is adapted.
    case noLayer
    /// Ranks or alphas do not agree on a layer.
    case ambiguous(layer: String, names: [String])
    /// A file of the folder is missing or cannot be read.
    case unreadable(path: String, reason: String)
    /// `adapter_config.json` says what is not supported, or not what it should.
    case badConfiguration(path: String, problem: String)
    /// The weights are not those of such adapters in this network.
    case badWeights(problem: String)

    public var description: String {
        switch self {
        case .unknownLayer(let name, let nearest):
            "no linear layer that can be adapted is called \(name.quoted)"
                + (nearest.map { "; did you mean \($0)?" } ?? "; give its published name, or what it ends in")
        case .noLayer: "no linear layer of the encoder is chosen; name some of them"
        case .ambiguous(let layer, let names):
            "\(names.joined(separator: " and ")) all mean the layer \(layer), with different values; leave one"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason); the folder of adapters needs it"
        case .badConfiguration(let path, let problem): "\(path): \(problem)"
        case .badWeights(let problem): problem
        }
    }
}
