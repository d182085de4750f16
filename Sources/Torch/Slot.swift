import Synchronization

/// What a module gets after it was made, if it gets it: an adapter, weights in the layout of an engine.
///
/// Modules are constants, so that any number of threads may use them. A slot is filled or emptied before they do.
final class Slot<Content: Sendable>: Sendable {
    private let held = Mutex<Content?>(nil)

    var content: Content? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}

/// A slot for a part of a module, which is found as other parts are.
protocol ModuleSlot {
    /// The part; nil where there is none.
    var module: (any Module)? { get }
}

extension Slot: ModuleSlot where Content: Module {
    var module: (any Module)? { content }
}
