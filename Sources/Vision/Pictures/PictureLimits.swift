import Foundation
import Support

/// The limits of an accepted picture. All are checked before anything is decoded.
public struct PictureLimits: Sendable, Hashable {
    /// The most bytes of a file, 50 MiB unless told otherwise.
    public var byteCount: Int
    /// The most pixels of a picture (width times height), 100 million unless told otherwise.
    public var pixelCount: Int
    /// The greatest ratio of the longer side to the shorter one, 100 by default.
    ///
    /// A line a pixel wide would be scaled to gigapixels before its centre is cut out.
    public var sideRatio: Int
    /// The most bytes of memory that decoding a picture may take, 2 GiB by default.
    ///
    /// Only pictures of unusual kinds with nearly as many pixels as there may be need more.
    public var memory: Int

    /// Limits that admit any photograph that people post.
    public init(
        byteCount: Int = 50 << 20, pixelCount: Int = 100_000_000, sideRatio: Int = 100, memory: Int = 2 << 30
    ) {
        self.byteCount = byteCount
        self.pixelCount = pixelCount
        self.sideRatio = sideRatio
        self.memory = memory
    }
}

extension PictureLimits {
    /// Hands a picture file's bytes on if they are of a supported format and, by their header, within the limits, as soon
    /// as there is memory to decode them, see ``PictureMemory``.
    /// - Parameters:
    ///   - name: What errors call the picture.
    ///   - decode: Decodes the bytes, which live no longer than the call.
    func admit<Value>(
        _ bytes: Data, name: String,
        decode: (UnsafeRawBufferPointer, PictureFormat) throws(PictureError) -> Value
    ) throws(PictureError) -> Value {
        guard !bytes.isEmpty else { throw .empty(name) }
        guard bytes.count <= byteCount else { throw .tooManyBytes(name, count: bytes.count, limit: byteCount) }
        guard let format = PictureFormat(firstBytes: bytes) else { throw .unsupportedFormat(name) }
        guard VipsPicture.isAvailable else { throw .decoderUnavailable(name) }
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(PictureError) in
                let memory = try check(bytes, format: format, name: name)
                return try PictureMemory.pixels.withRoom(for: memory) { () throws(PictureError) in
                    try decode(bytes, format)
                }
            }
        }
        return try result.get()
    }

    /// - Returns: the bytes of memory that decoding takes.
    private func check(
        _ bytes: UnsafeRawBufferPointer, format: PictureFormat, name: String
    ) throws(PictureError) -> Int {
        guard let header = VipsPicture.header(of: bytes) else {
            throw .undecodable(name, format: format, reason: "its header is damaged or cut short")
        }
        let (width, height) = (header.width, header.height)
        guard width.multiplyingClamped(by: height) <= pixelCount else {
            throw .tooManyPixels(name, width: width, height: height, limit: pixelCount)
        }
        guard max(width, height) <= min(width, height).multiplyingClamped(by: sideRatio) else {
            throw .tooUnequalSides(name, width: width, height: height, limit: sideRatio)
        }
        let memory = PictureMemory.estimate(of: header, format: format)
        guard memory <= self.memory else {
            throw .tooMuchMemory(name, width: width, height: height, byteCount: memory, limit: self.memory)
        }
        return memory
    }
}
