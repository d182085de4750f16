import Foundation
import Support

/// The linear layers of a network by their published names, and the adapters that are or may be in them.
public struct NetworkAdapters {
    private let network: any Module
    private let keyMap: KeyMap
    private let prefix: String
    private let layers: [(name: String, path: String, layer: Linear)]

    /// - Parameters:
    ///   - keyMap: the paths of the network for the keys of its published weights.
    ///   - prefix: what published weights of the network below a head have before these keys.
    package init(_ network: any Module, keyMap: KeyMap, prefix: String = "") {
        self.network = network
        self.keyMap = keyMap
        self.prefix = prefix
        layers = network.modules(Linear.self).map { (keyMap.key(for: $0.path), $0.path, $0.module) }
    }

    /// The names of all linear layers.
    public var layerNames: [String] { layers.map(\.name) }

    /// Whether a linear layer has a name, or one that ends in it from a dot on.
    public func hasLayer(_ name: String) -> Bool { layerNames.contains(where: LayerChoice(.endings([name])).contains) }

    /// The names of those that have an adapter.
    public var adaptedNames: [String] { adapted.map(\.name) }

    private var adapted: [(name: String, adapter: LowRankAdapter)] {
        layers.compactMap { name, _, layer in layer.adapter.content.map { (name: name, adapter: $0) } }
    }

    /// The adapters' matrices by their names in PEFT's files.
    private var weights: [NamedTensor] {
        adapted.flatMap { name, adapter in
            [("\(name).lora_A.weight", adapter.down), ("\(name).lora_B.weight", adapter.up)]
        }
    }

    /// Freezes the network, and trains adapters in some of its layers that change nothing yet.
    /// - Parameter configuration: names layers, not regular expressions.
    /// - Throws: ``AdapterError``, where a name is listed that no layer has too; `TorchError` where memory runs out.
    public func add(_ configuration: AdapterConfiguration) throws {
        if case .endings(let endings) = configuration.layers.targets {
            for ending in endings where !hasLayer(ending) {
                throw AdapterError.unknownLayer(ending, nearest: ending.nearest(in: shortNames))
            }
        }
        try fill(configuration, among: configuration.layers.hasExpression ? [] : layerNames)
    }

    /// Freezes the network, and puts the trained adapters of a PEFT folder into it, which may be trained on.
    ///
    /// Adapters of a head above the network are left out, as its weights are.
    /// - Throws: ``AdapterError``, `WeightsError` for a damaged file, `TorchError` where memory runs out.
    public func add(from folder: URL) throws {
        let files = AdapterFiles(folder: folder)
        let configuration = try files.configuration()
        let (file, weights) = try files.weights()
        let found = ownNames(weights)
        do {
            // Where there is an expression, a layer is adapted for which there are weights.
            let names = layerNames.filter { name in
                !configuration.layers.hasExpression || found.keys.contains { $0.hasPrefix("\(name).lora_") }
            }
            try Initialization.deferred { try fill(configuration, among: names) }
            try self.weights.load(found, file: file)
        } catch let mismatch as WeightMismatch {
            throw AdapterError.badWeights(problem: mismatch.description)
        } catch let error as AdapterError {
            throw AdapterError.badConfiguration(path: files.configurationFile.path, problem: error.description)
        }
    }

    /// Gives the adapters that are in the network the numbers of those of a PEFT folder; each must have its adapter there.
    /// - Throws: ``AdapterError``, `WeightMismatch`, `WeightsError` for a damaged file.
    package func load(from folder: URL) throws {
        let (file, weights) = try AdapterFiles(folder: folder).weights()
        try self.weights.load(ownNames(weights), file: file)
    }

    /// - Parameter names: the layers of which some are chosen.
    private func fill(_ configuration: AdapterConfiguration, among names: [String]) throws {
        let (choice, names) = (configuration.layers, Set(names))
        let chosen = layers.filter { layer in
            names.contains(layer.name) && [layer.name, prefix + layer.name].contains(where: choice.contains)
        }
        guard !chosen.isEmpty else { throw AdapterError.noLayer }
        let options = try chosen.map { try configuration.options(for: $0.name) }
        network.freeze()
        try withTorchErrors {
            for (chosen, options) in zip(chosen, options) { chosen.layer.adapt(options) }
        }
    }

    /// Makes what the adapters have learnt part of the network's own weights, which training may change from then on.
    /// - Throws: `TorchError`.
    public func merge() throws {
        try withTorchErrors {
            for layer in layers { layer.layer.mergeAdapter() }
            network.freeze(false)
        }
    }

    /// Writes the adapters as PEFT reads them, `adapter_config.json` and `adapter_model.safetensors`.
    /// - Parameters:
    ///   - base: the name or folder of the network's own weights.
    ///   - metadata: texts to keep beside the weights.
    /// - Throws: ``AdapterError/noLayer`` where there are no adapters, `WeightsError`.
    public func save(to folder: URL, base: String, metadata: [String: String] = [:]) throws {
        guard var configuration else { throw AdapterError.noLayer }
        configuration.base = base
        try AdapterFiles(folder: folder).write(configuration, weights, metadata: metadata)
    }

    /// What the adapters have in common, and what each has of its own.
    private var configuration: AdapterConfiguration? {
        guard let first = adapted.first?.adapter.options else { return nil }
        var configuration = AdapterConfiguration(
            rank: first.rank, alpha: first.alpha, layers: LayerChoice(.endings(adaptedNames)))
        (configuration.dropout, configuration.isRankStabilized) = (first.dropout, first.isRankStabilized)
        for (name, adapter) in adapted {
            if adapter.options.rank != first.rank { configuration.ownRanks[name] = adapter.options.rank }
            if adapter.options.alpha != first.alpha { configuration.ownAlphas[name] = adapter.options.alpha }
        }
        return configuration
    }

    /// Weights of a PEFT file, whose network may have had a head and other spellings, by the names here.
    private func ownNames(_ found: [String: Tensor]) -> [String: Tensor] {
        let names = Dictionary(uniqueKeysWithValues: layers.map { ($0.path, $0.name) })
        var own: [String: Tensor] = [:]
        for (key, tensor) in found.sorted(by: { $0.key < $1.key }) {
            let layer = key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : key
            let parts = layer.split(separator: ".", omittingEmptySubsequences: false)
            guard let path = keyMap.path(for: parts.dropLast(2).joined(separator: ".")) else { continue }
            let name = names[path].map { ([Substring($0)] + parts.suffix(2)).joined(separator: ".") } ?? key
            own[own[name] == nil ? name : key] = tensor
        }
        return own
    }

    /// What the names of layers end in, in any number of parts.
    private var shortNames: [String] {
        let endings = layerNames.flatMap { name in
            let parts = name.split(separator: ".")
            return parts.indices.map { parts[$0...].joined(separator: ".") }
        }
        return Set(endings).sorted()
    }
}
