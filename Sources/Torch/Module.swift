/// A part of a network: parameters, buffers and smaller parts, found by reflection.
///
/// Stored properties of type ``Tensor`` are parameters, those of type ``Buffer`` are state that is saved but not
/// trained, and modules, optional modules, arrays of modules and filled slots are children. A parameter's path is made
/// of the property names on the way to it, with the index for arrays: `layers.0.attention.query.weight`.
///
/// A module is a `final class` of constants, so that any number of threads may use it; see ``withTrainingMode(_:_:)``
/// for what tells training from use.
public protocol Module: AnyObject, Sendable {}

/// A parameter or buffer with the path that names it.
public typealias NamedTensor = (path: String, tensor: Tensor)

extension Module {
    /// The tensors that training changes, in the order of declaration.
    public func parameters() -> [NamedTensor] {
        members().compactMap { path, member in
            if case .parameter(let tensor) = member { (path, tensor) } else { nil }
        }
    }

    /// The tensors that are saved beside the parameters, such as running statistics.
    public func buffers() -> [NamedTensor] {
        members().compactMap { path, member in
            if case .buffer(let tensor) = member { (path, tensor) } else { nil }
        }
    }

    /// Parameters and buffers: all that a weight file holds.
    public func state() -> [NamedTensor] { parameters() + buffers() }

    /// The number of values in all parameters.
    public func parameterCount() -> Int { parameters().reduce(0) { $0 + $1.tensor.count } }

    /// The number of those that training changes, which are not frozen.
    package func trainedCount() -> Int {
        parameters().reduce(0) { $0 + ($1.tensor.requiresGradient ? $1.tensor.count : 0) }
    }

    /// Moves all parameters and buffers to a device.
    public func move(to device: Device) {
        withoutGradients { for (_, tensor) in state() { tensor.adopt(tensor.to(device)) } }
    }

    /// Stops (or resumes) training of all parameters.
    public func freeze(_ frozen: Bool = true) {
        for (_, tensor) in parameters() { tensor.requiringGradient(!frozen) }
    }

    private func members() -> [(path: String, member: Member)] {
        var found: [(String, Member)] = []
        func visit(_ value: Any, _ path: String) {
            switch value {
            case let tensor as Tensor: found.append((path, .parameter(tensor)))
            case let buffer as Buffer: found.append((path, .buffer(buffer.tensor)))
            case let module as any Module: found += module.members().map { ("\(path).\($0.path)", $0.member) }
            case let slot as any ModuleSlot: if let module = slot.module { visit(module, path) }
            case let modules as [any Module]:
                for (index, module) in modules.enumerated() { visit(module, "\(path).\(index)") }
            default: break
            }
        }
        for child in Mirror(reflecting: self).children {
            if let label = child.label { visit(child.value, label) }
        }
        return found
    }
}

extension Module {
    /// The parts of a kind, this module itself among them, with their paths.
    package func modules<Kind: Module>(_ kind: Kind.Type) -> [(path: String, module: Kind)] {
        var found: [(String, Kind)] = []
        func visit(_ value: Any, _ path: String) {
            switch value {
            case let module as Kind: found.append((path, module))
            case let module as any Module:
                for child in Mirror(reflecting: module).children {
                    if let label = child.label { visit(child.value, path.isEmpty ? label : "\(path).\(label)") }
                }
            case let modules as [any Module]:
                for (index, module) in modules.enumerated() { visit(module, "\(path).\(index)") }
            default: break
            }
        }
        visit(self, "")
        return found
    }
}

/// The contents of a stored property of a module.
private enum Member {
    case parameter(Tensor)
    case buffer(Tensor)
}

/// State of a module that is saved with its parameters but not trained.
public struct Buffer: Sendable {
    /// The elements.
    public let tensor: Tensor

    /// Takes the elements.
    public init(_ tensor: Tensor) { self.tensor = tensor }
}

/// Whether modules behave as in training.
enum TrainingMode {
    @TaskLocal static var isOn = false
}

extension Module {
    /// Whether the module behaves as in training (dropout, batch statistics), see ``withTrainingMode(_:_:)``, or as in
    /// use.
    public var isTraining: Bool { TrainingMode.isOn }
}

/// Runs `body` with modules that behave as in training: dropout drops, batch normalisation learns its statistics.
///
/// Outside of it, and inside where `isOn` is false, they behave as in use. The setting belongs to the thread, or to the
/// task and its children; ``Engine/concurrentMap(_:_:)`` hands it on to its threads.
public func withTrainingMode<Result>(_ isOn: Bool = true, _ body: () throws -> Result) rethrows -> Result {
    try TrainingMode.$isOn.withValue(isOn, operation: body)
}
