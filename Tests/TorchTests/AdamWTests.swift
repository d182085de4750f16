import TestSupport
import Testing
import Torch

/// The optimiser against PyTorch's: `Fixtures/make_operators.py`.
@Suite struct AdamWTests {
    private struct Run: Decodable {
        struct Group: Decodable {
            let paths: [String]
            let learningRate: Double
            let weightDecay: Double
        }

        struct Step: Decodable {
            let gradients: [String: TensorRecord?]
            let rateFactor: Double
            let norm: Double
            let after: [String: TensorRecord]
        }

        let parameters: [String: TensorRecord]
        let groups: [Group]
        let maximumNorm: Double
        let steps: [Step]

        func optimizer(_ parameters: [String: Tensor]) throws -> AdamW {
            AdamW(
                try groups.map { group in
                    AdamW.Group(
                        try group.paths.map { ($0, try #require(parameters[$0])) }, learningRate: group.learningRate,
                        weightDecay: group.weightDecay)
                })
        }
    }

    private func fixture() throws -> Run { try TensorRecord.content(of: "optimizer.json", as: Run.self) }

    private func take(_ step: Run.Step, of run: Run, _ optimizer: AdamW, _ parameters: [String: Tensor]) throws {
        for (path, gradient) in step.gradients { parameters[path]?.gradient = gradient?.tensor }
        let norm = try optimizer.gradientNorm()
        #expect(abs(norm - step.norm) < 1e-5 * step.norm)
        let divisor = AdamW.clippingDivisor(maximumNorm: run.maximumNorm, norm: norm)
        try optimizer.step(rateFactor: step.rateFactor, gradientDivisor: divisor)
    }

    @Test func stepsArePyTorchs() throws {
        let run = try fixture()
        let parameters = run.parameters.mapValues { $0.tensor.requiringGradient() }
        let optimizer = try run.optimizer(parameters)
        for (number, step) in run.steps.enumerated() {
            try take(step, of: run, optimizer, parameters)
            for (path, expected) in step.after {
                expectClose(parameters[path], expected, tolerance: 1e-6, "step \(number): \(path)")
                #expect(parameters[path]?.gradient == nil)
            }
        }
    }

    @Test func aSavedStateContinuesExactly() throws {
        let run = try fixture()
        let parameters = run.parameters.mapValues { $0.tensor.requiringGradient() }
        let first = try run.optimizer(parameters)
        for step in run.steps.prefix(3) { try take(step, of: run, first, parameters) }
        let copies = parameters.mapValues { $0.detached().cloned().requiringGradient() }
        let second = try run.optimizer(copies)
        try second.load(first.state().mapValues { $0.cloned() })
        for step in run.steps.dropFirst(3) {
            try take(step, of: run, first, parameters)
            try take(step, of: run, second, copies)
        }
        for (path, parameter) in parameters { #expect(copies[path]?.floats() == parameter.floats()) }
    }

    @Test func aStateOfOtherParametersIsRefused() throws {
        let run = try fixture()
        let optimizer = try run.optimizer(run.parameters.mapValues(\.tensor))
        var state = optimizer.state()
        state["head.weight.step"] = nil
        state["tail.weight.step"] = Tensor.zeros([])
        state["encoder.bias.firstMoment"] = Tensor.zeros([3])
        let error = #expect(throws: WeightMismatch.self) { try optimizer.load(state) }
        #expect(error?.missing.map(\.path) == ["head.weight.step"])
        #expect(error?.unused == ["tail.weight.step"])
        #expect(error?.shapes.map(\.path) == ["encoder.bias.firstMoment"])
        var quantised = optimizer.state()
        quantised["head.weight.firstMoment"] = quantised["head.weight.firstMoment"]?.to(.int8)
        let other = #expect(throws: WeightMismatch.self) { try optimizer.load(quantised) }
        #expect(other?.types.map(\.path) == ["head.weight.firstMoment"] && other?.types.map(\.found) == [.int8])
    }

    @Test func smallGradientsAreNotClipped() {
        #expect(AdamW.clippingDivisor(maximumNorm: 1, norm: 1) == 1)
        #expect(AdamW.clippingDivisor(maximumNorm: 1, norm: 0) == 1)
        #expect(abs(AdamW.clippingDivisor(maximumNorm: 1, norm: 4) - 4) < 1e-5)
    }

    @Test func withoutGradientsNothingMoves() throws {
        let parameter = Tensor([1, 2], shape: [2] as [Int]).to(.float32).requiringGradient()
        let optimizer = AdamW([AdamW.Group([("only", parameter)], learningRate: 1)])
        #expect(try optimizer.gradientNorm() == 0)
        try optimizer.step()
        #expect(parameter.floats() == [1, 2])
    }
}
