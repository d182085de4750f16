import Foundation
import Testing
import Torch

/// Operators and their gradients against PyTorch: `Fixtures/make_operators.py`.
@Suite struct OperatorTests {
    private struct Case: Decodable {
        struct Settings: Decodable {
            let stride: Int?
            let padding: Int?
            let groups: Int?
            let kernel: Int?
            let ignored: Int?
            let training: Bool?
        }

        let name: String
        let settings: Settings
        let inputs: [String: TensorRecord]
        let output: TensorRecord
        let direction: TensorRecord
        let gradients: [String: TensorRecord]
        let after: [String: TensorRecord]
    }

    @Test func valuesAndGradientsArePyTorchs() throws {
        for fixture in try TensorRecord.content(of: "operators.json", as: [Case].self) {
            let inputs = fixture.inputs.mapValues(\.tensor)
            for name in fixture.gradients.keys { inputs[name]?.requiringGradient() }
            let output = try Self.apply(fixture, inputs)
            expectClose(output, fixture.output, fixture.name)
            (output * fixture.direction.tensor).sum().backward()
            for (name, expected) in fixture.gradients {
                expectClose(inputs[name]?.gradient, expected, "\(fixture.name): \(name)")
            }
            for (name, expected) in fixture.after { expectClose(inputs[name], expected, "\(fixture.name): \(name)") }
        }
    }

    private static func apply(_ fixture: Case, _ inputs: [String: Tensor]) throws -> Tensor {
        let settings = fixture.settings
        func input(_ name: String) throws -> Tensor { try #require(inputs[name]) }
        switch fixture.name {
        case "conv2d":
            return try input("x").conv2d(
                input("weight"), inputs["bias"], stride: #require(settings.stride), padding: #require(settings.padding),
                groups: #require(settings.groups))
        case "batchNorm":
            return try input("x").batchNorm(
                input("weight"), input("bias"), mean: input("mean"), variance: input("variance"),
                training: settings.training == true, epsilon: 1e-3)
        case "layerNorm": return try input("x").layerNorm(inputs["weight"], inputs["bias"], epsilon: 1e-5)
        case "attention":
            return try Tensor.attention(
                query: input("query"), key: input("key"), value: input("value"), mask: fixture.inputs["mask"]?.mask)
        case "embedding":
            let indices = try #require(fixture.inputs["indices"]).indices
            return try input("weight").embedding(indices, paddingIndex: #require(settings.padding))
        case "crossEntropy":
            let targets = try #require(fixture.inputs["targets"]).indices
            return try input("x").crossEntropy(targets, ignoring: #require(settings.ignored))
        case "maxPool2d":
            return try input("x").maxPool2d(
                kernel: #require(settings.kernel), stride: #require(settings.stride),
                padding: #require(settings.padding))
        case "gelu": return try input("x").gelu()
        case "geluApproximate": return try input("x").gelu(approximate: true)
        case "softmax": return try input("x").softmax(-1)
        case "logSoftmax": return try input("x").logSoftmax(0)
        case "logSumExp": return try input("x").logSumExp(-1)
        case "tanh": return try input("x").tanh()
        case "sigmoid": return try input("x").sigmoid()
        case "norm": return try input("x").norm(1)
        default:
            Issue.record("\(fixture.name) is not known here")
            return Tensor.zeros([])
        }
    }

    @Test func convolutionsOfChannelsLastPicturesAreTheSame() {
        Random.seed(4)
        let (x, weight) = (Tensor.randn([2, 8, 9, 7]), Tensor.randn([4, 8, 3, 3]))
        let plain = x.conv2d(weight, padding: 1)
        #expect((x.channelsLast().conv2d(weight, padding: 1) - plain).abs().max().item() < 1e-4)
    }

    /// Against x (1 + erf(x / sqrt 2)) / 2 in double precision; an element's result does not depend on its place.
    @Test func geluInUseIsTheDefinition() {
        let values = (-6000...6000).map { Float($0) / 1000 } + [.infinity, 1e30, 1e-30, -0.0]
        let found = withoutGradients { Tensor(values, shape: [values.count]).gelu() }.floats()
        for (x, found) in zip(values, found) where x.isFinite {
            let expected = 0.5 * Double(x) * (1 + erf(Double(x) / 2.0.squareRoot()))
            #expect(abs(Double(found) - expected) <= 1e-6 * max(1, abs(expected)), "\(x)")
        }
        #expect(found[12001] == .infinity)
        let unusual = Tensor([Float.nan, 1, -1e30] as [Float], shape: [3]).gelu().floats()
        #expect(unusual[0].isNaN && unusual[2] == 0)
        for index in stride(from: 0, to: values.count, by: 97) {
            #expect(Tensor([values[index]], shape: [1]).gelu().floats()[0] == found[index])
        }
    }
}
