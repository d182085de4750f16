import Foundation
import Support

/// The names in which a weight file's keys differ from a module's paths, as a table.
///
/// In a pattern, `*` matches an index, which is kept: `encoder.layer.*.output.dense` may become
/// `layers.*.output`. A pattern names a whole key or its beginning up to a dot; the longest one that fits is used, and
/// a key that none fits keeps its name.
public struct KeyMap: Sendable {
    /// The use of a key that the pattern fits.
    public enum Target: Sendable, ExpressibleByStringLiteral {
        /// The key is renamed.
        case path(String)
        /// The file holds it, and this module has no use for it.
        case unused

        public init(stringLiteral value: String) { self = .path(value) }
    }

    private let rows: [(pattern: [Substring], target: Target)]

    /// A table of patterns and the use of the keys that they fit.
    public init(_ rows: [(pattern: String, target: Target)]) {
        self.rows = rows.map { ($0.pattern.split(separator: "."), $0.target) }
            .sorted { $0.pattern.count > $1.pattern.count }
    }

    /// Keys are paths already.
    public static let identity = KeyMap([])

    /// The module's path for a file's key; `nil` when the table says that the key is not used.
    public func path(for key: String) -> String? {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        for (pattern, target) in rows {
            guard let indices = Self.match(pattern, parts) else { continue }
            guard case .path(let path) = target else { return nil }
            var remaining = indices[...]
            let renamed = path.split(separator: ".").map { $0 == "*" ? remaining.popFirst() ?? $0 : $0 }
            return (renamed + parts.dropFirst(pattern.count)).joined(separator: ".")
        }
        return key
    }

    /// The key of a file for a path of the module, the shortest of several: the other direction of ``path(for:)``.
    package func key(for path: String) -> String {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false)
        var best: (targetCount: Int, key: [Substring])?
        for (pattern, target) in rows {
            guard case .path(let name) = target else { continue }
            let target = name.split(separator: ".")
            guard let indices = Self.match(target, parts) else { continue }
            var remaining = indices[...]
            let key = pattern.map { $0 == "*" ? remaining.popFirst() ?? $0 : $0 } + parts.dropFirst(target.count)
            if let best, (best.targetCount, -best.key.count) >= (target.count, -key.count) { continue }
            best = (target.count, key)
        }
        return best?.key.joined(separator: ".") ?? path
    }

    private static func match(_ pattern: [Substring], _ parts: [Substring]) -> [Substring]? {
        guard parts.count >= pattern.count else { return nil }
        var indices: [Substring] = []
        for (expected, part) in zip(pattern, parts) {
            if expected == "*", part.allSatisfy(\.isNumber) {
                indices.append(part)
            } else if expected != part {
                return nil
            }
        }
        return indices
    }
}

/// Why weights do not fit a module: every key that is missing, not used, or of another shape or kind.
public struct WeightMismatch: Error, CustomStringConvertible, Sendable {
    /// The path of the weights' file; nil for weights that come from none.
    public internal(set) var file: String?
    /// Paths of the module that the weights lack, with the nearest unused key.
    public internal(set) var missing: [(path: String, nearest: String?)] = []
    /// Keys that fit no path, or a path that another key has.
    public internal(set) var unused: [String] = []
    /// Paths whose shapes differ.
    public internal(set) var shapes: [(path: String, expected: [Int], found: [Int])] = []
    /// Paths of floating-point numbers for which the weights have whole numbers, as quantised models do.
    public internal(set) var types: [(path: String, found: DType)] = []

    /// Compares tensors with what was found for them, and keeps the keys that fit none.
    init(of expected: [NamedTensor], in found: [String: Tensor], unused: [String], file: String? = nil) {
        (self.unused, self.file) = (unused, file)
        for (path, tensor) in expected {
            guard let weight = found[path] else {
                let isShown = missing.count < Self.shownCount
                missing.append((path, isShown ? path.nearest(in: Array(unused.prefix(1000))) : nil))
                continue
            }
            if weight.shape != tensor.shape { shapes.append((path, tensor.shape, weight.shape)) }
            if tensor.dtype.isFloatingPoint, !weight.dtype.isFloatingPoint { types.append((path, weight.dtype)) }
        }
    }

    /// The faults that the description lists.
    private static let shownCount = 12

    var isEmpty: Bool { missing.isEmpty && unused.isEmpty && shapes.isEmpty && types.isEmpty }

    public var description: String {
        var lines = missing.map { path, nearest in
            "missing \(path)" + (nearest.map { " (did you mean the unused key \($0)?)" } ?? "")
        }
        lines += unused.map { "not used: \($0)" }
        lines += shapes.map { "\($0.path) is \($0.found) in the weights but \($0.expected) in the model" }
        lines += types.map { path, found in
            "\(path) is of type \(found) in the weights; quantised weights are not read, only floating-point numbers"
        }
        let shown = lines.prefix(Self.shownCount).joined(separator: "\n  ")
        let rest = lines.count > Self.shownCount ? "\n  and \(lines.count - Self.shownCount) more" : ""
        return (file.map { "\($0): " } ?? "") + "the weights do not fit the model:\n  \(shown)\(rest)"
    }
}

extension Module {
    /// Copies weights into parameters and buffers.
    ///
    /// Every key is checked before anything is copied: nothing may be missing, left over, of another shape, or of whole
    /// numbers where floating-point ones belong.
    /// - Parameters:
    ///   - weights: tensors by the keys of their file.
    ///   - keyMap: the paths of this module for the keys.
    ///   - file: the origin of the weights, for the error.
    /// - Throws: ``WeightMismatch`` with all that does not fit; ``TorchError`` where memory runs out.
    public func load(_ weights: [String: Tensor], keyMap: KeyMap = .identity, file: URL? = nil) throws {
        try state().load(weights, keyMap: keyMap, file: file)
    }
}

extension [NamedTensor] {
    /// Copies weights into these tensors, see ``Module/load(_:keyMap:file:)``.
    /// - Throws: ``WeightMismatch`` with all that does not fit; ``TorchError`` where memory runs out.
    package func load(_ weights: [String: Tensor], keyMap: KeyMap = .identity, file: URL? = nil) throws {
        let paths = Set(map(\.path))
        var found: [String: Tensor] = [:]
        var unused: [String] = []
        for (key, tensor) in weights.sorted(by: { $0.key < $1.key }) {
            guard let path = keyMap.path(for: key) else { continue }
            if paths.contains(path) && found[path] == nil {
                found[path] = tensor
            } else {
                unused.append(key)
            }
        }
        let mismatch = WeightMismatch(of: self, in: found, unused: unused, file: file?.path)
        guard mismatch.isEmpty else { throw mismatch }
        try withTorchErrors {
            for (path, tensor) in self {
                guard let weight = found[path] else { continue }
                let copy = Tensor.empty(tensor.shape, dtype: tensor.dtype, device: tensor.device)
                copy.copy(from: weight)
                tensor.adopt(copy)
            }
        }
    }
}
