import ArgumentParser
import Foundation

extension URL {
    /// Checks that an output does not take the place of the file that it is made from.
    /// - Parameter name: what the command line calls that file.
    /// - Throws: `ValidationError`.
    func checkIsNotInput(_ input: URL, named name: String) throws {
        guard resolvingSymlinksInPath() != input.resolvingSymlinksInPath() else {
            throw ValidationError("--output is the file of \(name); name another one")
        }
    }
}
