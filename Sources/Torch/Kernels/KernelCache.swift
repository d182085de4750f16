import Foundation
import Support

/// The timings of machines, in a file each of a folder.
public struct KernelCache: Sendable {
    private let folder: URL

    /// - Parameter folder: it is made when there is something to keep.
    public init(_ folder: URL) { self.folder = folder }

    private struct Content: Codable {
        var machine: Machine
        var timings: KernelTimings
    }

    /// The file of a machine's timings.
    public func file(of machine: Machine) -> URL {
        let name =
            (try? JSONEncoder.compact.encode(machine)).map { SHA256.digest(of: $0).hexadecimal.prefix(16) } ?? "unknown"
        return folder.appending(path: "\(name).json")
    }

    /// The timings of a machine; none where none were kept, or the file is not one that this version wrote.
    public func timings(of machine: Machine) -> KernelTimings {
        guard let data = try? Data(contentsOf: file(of: machine)),
            let content = try? JSONDecoder().decode(Content.self, from: data), content.machine == machine
        else { return KernelTimings() }
        return content.timings
    }

    /// Keeps timings beside those of other products; where both measured a product, these count.
    ///
    /// Nothing is said where they cannot be kept: the next program measures again.
    public func keep(_ timings: KernelTimings, of machine: Machine) {
        var all = self.timings(of: machine)
        all.merge(timings)
        guard let data = try? JSONEncoder.readable.encode(Content(machine: machine, timings: all)),
            (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil
        else { return }
        try? AtomicFile.write(data, to: file(of: machine))
    }
}
