import Corpus
import Extraction
import Foundation
import Torch

/// A case of `crf.json`.
struct CRFCase: Decodable {
    struct Gradients: Decodable {
        let emissions: [[[Double]]]
        let start: [Double]
        let end: [Double]
        let transitions: [[Double]]
    }

    struct Span: Decodable {
        let sentence: Int
        let start: Int
        let end: Int
        let type: String
        let legalProbability: Double
    }

    private struct Document: Decodable { let cases: [CRFCase] }

    let name: String
    let labels: [String]
    let lengths: [Int]
    let emissions: [[[Float]]]
    let start: [Float]
    let end: [Float]
    let transitions: [[Float]]
    let gold: [[Int]]
    let loss: Double
    let gradients: Gradients
    let legalPaths: [[Int]]
    let spans: [Span]

    static func all() throws -> [CRFCase] {
        let file = Bundle.module.bundleURL.appending(path: "Fixtures/crf.json")
        return try JSONDecoder().decode(Document.self, from: Data(contentsOf: file)).cases
    }

    var labelSet: LabelSet {
        LabelSet(entityTypes: labels.filter { $0.hasPrefix("B-") }.map { String($0.dropFirst(2)) })
    }

    /// `[sentences, words, tags]`
    var padded: Tensor {
        let values = emissions.flatMap { $0.flatMap { $0 } }
        return Tensor(values, shape: [lengths.count, lengths.max() ?? 0, labels.count])
    }

    func crf() throws -> LinearChainCRF {
        let crf = LinearChainCRF(tagCount: labels.count)
        let transitions = Tensor(transitions.flatMap { $0 }, shape: [labels.count, labels.count])
        try crf.load([
            "start": Tensor(start, shape: [labels.count]), "end": Tensor(end, shape: [labels.count]),
            "transitions": transitions,
        ])
        return crf
    }
}
