import Foundation

/// What a child tells its parent: a few numbers in a file that both have mapped, so that a death leaves them true.
final class RunStatus: @unchecked Sendable {
    let url: URL
    private let numbers: UnsafeMutablePointer<Int>
    private static let byteCount = 64

    /// Maps the file, and makes it where it is absent.
    init(_ url: URL) throws {
        self.url = url
        let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.byteCount)) == 0,
            let start = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            start != MAP_FAILED
        else { throw Fault("\(url.path): cannot be mapped (\(errno))") }
        close(descriptor)
        numbers = start.bindMemory(to: Int.self, capacity: Self.byteCount / 8)
    }

    deinit { munmap(numbers, Self.byteCount) }

    /// The number of the input that is being tried.
    var current: Int {
        get { numbers[0] }
        set { numbers[0] = newValue }
    }

    /// Whether the first input has been begun.
    var hasBegun: Bool {
        get { numbers[1] != 0 }
        set { numbers[1] = newValue ? 1 : 0 }
    }

    /// Inputs that were accepted.
    var accepted: Int {
        get { numbers[2] }
        set { numbers[2] = newValue }
    }
}
