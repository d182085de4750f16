import Corpus
import Extraction
import Foundation
import Language
import Torch

/// The parts of a model and the number of their parameters.
package struct ModelDescription: Sendable, CustomStringConvertible {
    /// A part of the model.
    package struct Part: Sendable, Equatable {
        package let name: String
        /// The number of its parameters.
        package let count: Int
        /// The number of those that training changes.
        package let trained: Int
    }

    /// The encoders of a model whose parameters are counted.
    package enum Encoders: Sendable {
        /// Those of the configuration.
        case configured
        /// The paper's: BERT-base and ResNet-152.
        case paper
    }

    package let parts: [Part]

    /// The number of all parameters.
    package var count: Int { parts.reduce(0) { $0 + $1.count } }

    /// Counts the parameters of a model, of which those are trained that want a gradient.
    init(_ model: ShapCA) {
        let parameters = model.parameters().map { ($0.path.prefix { $0 != "." }, $0.tensor) }
        parts = Self.names.compactMap { property, name in
            let own = parameters.filter { $0.0 == property }
            guard !own.isEmpty else { return nil }
            return Part(
                name: name, count: own.reduce(0) { $0 + $1.1.count },
                trained: own.filter(\.1.requiresGradient).reduce(0) { $0 + $1.1.count })
        }
    }

    /// Counts the parameters of the model that a configuration describes, without weights or data.
    /// - Parameter labels: the types of the data; as many as the paper's datasets have when nil.
    /// - Throws: ``ConfigurationError`` and the errors of encoders and tagger.
    package init(
        _ configuration: TrainingConfiguration, encoders: Encoders = .configured, labels: LabelSet? = nil
    ) throws {
        var configuration = configuration
        let text: TextEncoderConfiguration
        switch encoders {
        case .configured: text = try TextEncoderConfiguration(folder: configuration.text.folder())
        case .paper:
            text = try .bertBase()
            configuration.picture.encoder = "resnet152"
        }
        let imageEncoder = try configuration.picture.makeStructure()
        let structure = configuration.modelConfiguration(
            text: text, imageEncoder: imageEncoder?.configuration, labels: labels ?? configuration.task.publishedLabels,
            partsOfSpeech: try configuration.text.tagger.map { try PartOfSpeechTagger(folder: $0).tags } ?? [],
            contextSource: nil)
        if let problem = structure.problem { throw ConfigurationError.contradiction(problem) }
        let model = try Initialization.deferred { ShapCA(structure, imageEncoder: imageEncoder) }
        if configuration.picture.frozen { model.imageEncoder?.freeze() }
        if configuration.text.frozen { model.textEncoder.freeze() }
        if configuration.adapter.isOn {
            try model.addAdapters(configuration.adapter, adaptingPictures: !configuration.picture.frozen)
        }
        self.init(model)
    }

    /// The properties of the model with the names of what they are.
    private static let names = [
        ("textEncoder", "text encoder"), ("imageEncoder", "image encoder"),
        ("imageProjection", "projection of pictures"), ("projectionHeads", "perceptrons of the alignment"),
        ("fusion", "adaptive fusion"), ("head", "head"),
    ]

    package var description: String {
        let rows = parts + [Part(name: "all", count: count, trained: parts.reduce(0) { $0 + $1.trained })]
        let width = rows.map(\.name.count).max() ?? 0
        func column(_ count: Int) -> String {
            let text = String(format: "%.3f M", Double(count) / 1e6)
            return String(repeating: " ", count: max(0, 14 - text.count)) + text
        }
        let head = "".padding(toLength: width, withPad: " ", startingAt: 0) + "    parameters       trained"
        return
            ([head]
            + rows.map { row in
                row.name.padding(toLength: width, withPad: " ", startingAt: 0) + column(row.count) + column(row.trained)
            }).joined(separator: "\n")
    }

    /// The parameters of all parts in one line.
    var summary: String {
        func millions(_ count: Int) -> String { String(format: "%.1f M", Double(count) / 1e6) }
        let encoders = parts.filter { $0.name.hasSuffix("encoder") }.map { "\($0.name) \(millions($0.count))" }
        let trained = parts.reduce(0) { $0 + $1.trained }
        return "\(millions(count)) parameters (\(encoders.joined(separator: ", ")))"
            + (trained < count ? ", of which \(millions(trained)) are trained" : "")
    }
}

extension ExtractionTask {
    /// As many types as the datasets of the paper have: four of entities, 21 of relations in JMERE, and 23 in MNRE.
    fileprivate var publishedLabels: LabelSet {
        func types(_ count: Int) -> [String] { (1...count).map { "type \($0)" } }
        return switch self {
        case .entities: LabelSet(entityTypes: types(4))
        case .relations: LabelSet(entityTypes: types(4), relationTypes: types(23))
        case .joint: LabelSet(entityTypes: types(4), relationTypes: types(21))
        }
    }
}
