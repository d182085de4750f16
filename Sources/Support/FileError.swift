import Foundation

/// The operating system's objection to a file.
public struct FileError: Error, CustomStringConvertible, Sendable, Equatable {
    /// The file as it was named.
    public let url: URL
    /// The code, such as `ENOSPC`.
    public let code: Int32
    /// The number of bytes written before.
    public let byteCount: Int

    init(_ code: Int32, _ url: URL, byteCount: Int) {
        (self.code, self.url, self.byteCount) = (code, url, byteCount)
    }

    /// Whether there is no room for more.
    public var isDiskFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

    /// The system's words for the code, for example `no such file or directory`.
    public var reason: String { systemMessage(code) }

    public var description: String { "\(url.relativePath): \(reason)" }
}

/// The system's words for an error code.
package func systemMessage(_ code: Int32 = errno) -> String { String(cString: strerror(code)).lowercased() }

/// The shortest words for a failed file operation.
package func reason(of error: any Error) -> String {
    if let error = error as? FileError { return error.reason }
    let error = error as NSError
    let underlying = (error.userInfo[NSUnderlyingErrorKey] as? any Error).map { $0 as NSError } ?? error
    if underlying.domain == NSPOSIXErrorDomain { return systemMessage(Int32(underlying.code)) }
    guard error.domain == NSCocoaErrorDomain else { return "the system gives no reason" }
    return switch CocoaError.Code(rawValue: error.code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: systemMessage(ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: systemMessage(EACCES)
    case .fileWriteFileExists: systemMessage(EEXIST)
    case .fileWriteOutOfSpace: systemMessage(ENOSPC)
    case .fileWriteVolumeReadOnly: systemMessage(EROFS)
    case .fileReadInvalidFileName, .fileWriteInvalidFileName: "not a path"
    default: "the system gives no reason"
    }
}
