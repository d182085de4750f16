import CTorch

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019), one fused kernel a group.
public final class AdamW {
    /// Parameters that share a learning rate and a weight decay.
    public struct Group {
        /// The tensors to train.
        public let parameters: [NamedTensor]
        /// The rate that a schedule's factor multiplies.
        public let learningRate: Double
        /// The share of a parameter that a step of learning rate 1 takes away.
        public let weightDecay: Double

        /// Parameters with their rates.
        public init(_ parameters: [NamedTensor], learningRate: Double, weightDecay: Double = 0.01) {
            self.parameters = parameters
            self.learningRate = learningRate
            self.weightDecay = weightDecay
        }
    }

    private struct Slot {
        let path: String
        let parameter: Tensor
        let firstMoment: Tensor
        let secondMoment: Tensor
        let step: Tensor
    }

    /// The parameters, as they were given.
    public let groups: [Group]
    private let slots: [[Slot]]
    private let betas: (Double, Double)
    private let epsilon: Double

    /// An optimiser that has taken no step.
    /// - Parameters:
    ///   - betas: the shares of the old moments that a step keeps.
    ///   - epsilon: the number that is added to the root of the second moment.
    public init(_ groups: [Group], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8) {
        self.groups = groups
        self.betas = betas
        self.epsilon = epsilon
        slots = groups.map { group in
            group.parameters.map { path, tensor in
                Slot(
                    path: path, parameter: tensor,
                    firstMoment: .zeros(tensor.shape, dtype: tensor.dtype, device: tensor.device),
                    secondMoment: .zeros(tensor.shape, dtype: tensor.dtype, device: tensor.device),
                    step: .zeros([], device: tensor.device))
            }
        }
    }

    /// Moves every parameter that has a gradient, then forgets the gradients.
    /// - Parameters:
    ///   - rateFactor: the schedule's factor of all learning rates.
    ///   - gradientDivisor: the divisor of all gradients before the step; see ``clippingDivisor(maximumNorm:norm:)``.
    /// - Throws: `TorchError`.
    public func step(rateFactor: Double = 1, gradientDivisor: Double = 1) throws {
        try withTorchErrors {
            for (group, slots) in zip(groups, slots) {
                let moved = slots.filter { $0.parameter.gradient != nil }
                check(
                    ct_fused_adamw(
                        moved.map { $0.parameter.handle }, moved.map { $0.firstMoment.handle },
                        moved.map { $0.secondMoment.handle }, moved.map { $0.step.handle }, moved.count,
                        group.learningRate * rateFactor, betas.0, betas.1, group.weightDecay, epsilon, gradientDivisor))
            }
        }
        clearGradients()
    }

    /// The Euclidean norm over the gradients of all parameters.
    /// - Throws: `TorchError`.
    public func gradientNorm() throws -> Double {
        let handles: [CTTensorRef?] = slots.joined().map { $0.parameter.handle }
        var norm = 0.0
        try withTorchErrors { check(ct_grad_norm(handles, handles.count, &norm)) }
        return norm
    }

    /// Forgets the gradients of all parameters.
    private func clearGradients() {
        for slot in slots.joined() { slot.parameter.gradient = nil }
    }

    /// The divisor that brings gradients of norm `norm` down to `maximumNorm`; 1 when they are small enough.
    public static func clippingDivisor(maximumNorm: Double, norm: Double) -> Double {
        norm > maximumNorm ? (norm + 1e-6) / maximumNorm : 1
    }

    /// Moments and step counts by parameter path, as a checkpoint keeps them.
    public func state() -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for slot in slots.joined() {
            state["\(slot.path).firstMoment"] = slot.firstMoment
            state["\(slot.path).secondMoment"] = slot.secondMoment
            state["\(slot.path).step"] = slot.step
        }
        return state
    }

    /// Continues from what ``state()`` gave.
    /// - Throws: ``WeightMismatch`` when it is not the state of the same parameters.
    public func load(_ state: [String: Tensor]) throws {
        let own = self.state()
        let unused = state.keys.filter { own[$0] == nil }.sorted()
        let mismatch = WeightMismatch(
            of: own.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, in: state, unused: unused)
        guard mismatch.isEmpty else { throw mismatch }
        try withTorchErrors {
            for (path, tensor) in own {
                if let saved = state[path] { tensor.copy(from: saved) }
            }
        }
    }
}
