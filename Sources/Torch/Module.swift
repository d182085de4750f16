/// A part of a network: parameters, buffers and smaller parts, found by reflection.
///
/// Stored properties of type ``Tensor`` are parameters, those of type ``Buffer`` are state that is saved but not
/// trained, and modules, optional modules and arrays of modules are children. A parameter's path is made of the
/// property names on the way to it, with the index for arrays: `layers.0.attention.query.weight`.
open class Module {
    /// Whether the module behaves as in training (dropout, batch statistics) or as in use. Set by ``train(_:)``.
    public private(set) var isTraining = true

    public init() {}

    /// A parameter with the path that names it.
    public typealias NamedTensor = (path: String, tensor: Tensor)

    /// What training changes, in the order of declaration.
    public func parameters() -> [NamedTensor] {
        members().compactMap { path, member in
            if case .parameter(let tensor) = member { (path, tensor) } else { nil }
        }
    }

    /// What is saved beside the parameters, such as running statistics.
    public func buffers() -> [NamedTensor] {
        members().compactMap { path, member in
            if case .buffer(let tensor) = member { (path, tensor) } else { nil }
        }
    }

    /// Parameters and buffers: all that a weight file holds.
    public func state() -> [NamedTensor] { parameters() + buffers() }

    /// The number of trained values.
    public func parameterCount() -> Int { parameters().reduce(0) { $0 + $1.tensor.count } }

    /// Switches this module and all its parts to training, or to use.
    public func train(_ training: Bool = true) {
        isTraining = training
        for (_, member) in members(recursive: false) {
            if case .child(let module) = member { module.train(training) }
        }
    }

    /// Moves all parameters and buffers to a device.
    public func move(to device: Device) {
        withoutGradients { for (_, tensor) in state() { tensor.adopt(tensor.to(device)) } }
    }

    /// Stops (or resumes) training of all parameters.
    public func freeze(_ frozen: Bool = true) {
        for (_, tensor) in parameters() { tensor.requiringGradient(!frozen) }
    }

    private enum Member {
        case parameter(Tensor)
        case buffer(Tensor)
        case child(Module)
    }

    private func members(recursive: Bool = true) -> [(path: String, member: Member)] {
        var found: [(String, Member)] = []
        func visit(_ value: Any, _ path: String) {
            switch value {
            case let tensor as Tensor: found.append((path, .parameter(tensor)))
            case let buffer as Buffer: found.append((path, .buffer(buffer.tensor)))
            case let module as Module where recursive:
                found += module.members().map { ("\(path).\($0.path)", $0.member) }
            case let module as Module: found.append((path, .child(module)))
            case let modules as [Module]:
                for (index, module) in modules.enumerated() { visit(module, "\(path).\(index)") }
            default: break
            }
        }
        var mirror: Mirror? = Mirror(reflecting: self)
        var levels: [Mirror] = []
        while let level = mirror {
            levels.insert(level, at: 0)
            mirror = level.superclassMirror
        }
        for level in levels {
            for child in level.children {
                if let label = child.label { visit(child.value, label) }
            }
        }
        return found
    }
}

/// State of a module that is saved with its parameters but not trained.
public struct Buffer: Sendable {
    public let tensor: Tensor

    public init(_ tensor: Tensor) { self.tensor = tensor }
}
