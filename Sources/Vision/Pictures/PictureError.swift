/// Why a picture cannot be used. Every case names the picture.
public enum PictureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no such file.
    case missing(String)
    /// The path leads to a folder, a device or something else that is not a plain file.
    case notAFile(String)
    /// The file is there but cannot be read.
    case notReadable(String, reason: String)
    /// The file is empty.
    case empty(String)
    /// The file is larger than the limit.
    case tooManyBytes(String, count: Int, limit: Int)
    /// The picture, by its header, has more pixels than the limit.
    case tooManyPixels(String, width: Int, height: Int, limit: Int)
    /// The picture, by its header, is too long for its width.
    case tooUnequalSides(String, width: Int, height: Int, limit: Int)
    /// Decoding the picture, by its header, takes more bytes of memory than the limit.
    case tooMuchMemory(String, width: Int, height: Int, byteCount: Int, limit: Int)
    /// The file begins like no supported format.
    case unsupportedFormat(String)
    /// The file is of a supported format but damaged, cut short or of an unusual kind.
    case undecodable(String, format: PictureFormat, reason: String)
    /// libvips could not be started.
    case decoderUnavailable(String)

    public var description: String {
        switch self {
        case .missing(let name):
            "\(name): no such picture; check the path"
        case .notAFile(let name):
            "\(name): not a plain file; a picture must be one"
        case .notReadable(let name, let reason):
            "\(name): the picture cannot be read (\(reason))"
        case .empty(let name):
            "\(name): the picture file is empty"
        case .tooManyBytes(let name, let count, let limit):
            "\(name): the picture has \(count) bytes, more than the limit of \(limit); make it smaller"
        case .tooManyPixels(let name, let width, let height, let limit):
            "\(name): the picture has \(width) x \(height) pixels, more than the limit of \(limit); make it smaller"
        case .tooUnequalSides(let name, let width, let height, let limit):
            "\(name): the picture has \(width) x \(height) pixels, and one side may be at most "
                + "\(limit) times as long as the other; crop it"
        case .tooMuchMemory(let name, let width, let height, let byteCount, let limit):
            "\(name): decoding the picture of \(width) x \(height) pixels takes \(byteCount) bytes of memory, more than "
                + "the limit of \(limit); make it smaller, or save it without interlacing and transparency"
        case .unsupportedFormat(let name):
            "\(name): not a picture of a supported format "
                + "(\(PictureFormat.allCases.map(\.rawValue).joined(separator: ", "))); convert it"
        case .undecodable(let name, let format, let reason):
            "\(name): the \(format.rawValue) picture cannot be decoded: \(reason)"
        case .decoderUnavailable(let name):
            "\(name): libvips does not start; reinstall libvips"
        }
    }
}
