import Foundation
import Support

/// Turns picture files into the upright 8-bit sRGB squares that networks look at.
///
/// The file's size is checked before it is read and the picture's size, from its header, before it is decoded: a few
/// kilobytes that pretend to be a picture of gigapixels cost nothing. JPEG, WebP and the like are decoded at the
/// smallest scale that serves. EXIF orientation is applied, transparency is laid on white, grey, CMYK and 16-bit
/// pictures become 8-bit sRGB, an animation gives its first frame. A damaged or truncated picture is an error.
public struct PictureDecoder: Sendable {
    /// The square to cut out.
    public let geometry: PictureGeometry
    /// The limits of a picture.
    public let limits: PictureLimits

    /// A decoder for one geometry.
    public init(geometry: PictureGeometry, limits: PictureLimits = PictureLimits()) {
        self.geometry = geometry
        self.limits = limits
    }

    /// Reads and decodes one picture.
    public func decode(_ source: PictureSource) throws(PictureError) -> RGBPicture {
        try source.withBytes(limits: limits) { bytes throws(PictureError) in try decode(bytes, name: source.name) }
    }

    /// Decodes a picture from its file's bytes.
    /// - Parameter name: What errors call the picture.
    public func decode(_ bytes: Data, name: String) throws(PictureError) -> RGBPicture {
        try limits.admit(bytes, name: name) { (bytes, format) throws(PictureError) in
            try decode(bytes, format: format, name: name)
        }
    }

    /// Decodes pictures on all cores; the results are in the order of the sources, and a bad picture spoils no other.
    public func decode(_ sources: [PictureSource]) -> [Result<RGBPicture, PictureError>] {
        concurrentMap(sources) { source in
            Result { () throws(PictureError) in try decode(source) }
        }
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer, format: PictureFormat, name: String
    ) throws(PictureError) -> RGBPicture {
        guard let start = VipsPicture.start(of: bytes, for: geometry) else {
            throw .undecodable(name, format: format, reason: "its data are damaged")
        }
        let scaler = PictureScaler(geometry)
        let opaque = start.opaqueSRGB()
        guard let picture = scaler == nil ? opaque?.centre(side: geometry.cropSide) : opaque else {
            throw .undecodable(name, format: format, reason: "its colours cannot be converted to sRGB")
        }
        guard let pixels = picture.bytes() else {
            throw .undecodable(name, format: format, reason: "its data are damaged or cut short")
        }
        let square = scaler?.square(of: pixels, width: picture.width, height: picture.height) ?? pixels
        return RGBPicture(side: geometry.cropSide, bytes: square)
    }
}

/// A square picture in 8-bit sRGB.
public struct RGBPicture: Sendable, Equatable, CustomStringConvertible {
    /// Width and height in pixels.
    public let side: Int
    /// `side * side` pixels by rows, each three bytes: red, green, blue.
    public let bytes: [UInt8]

    /// Wraps pixels.
    /// - Precondition: There are `side * side * 3` bytes.
    public init(side: Int, bytes: [UInt8]) {
        precondition(bytes.count == side * side * 3, "\(bytes.count) bytes are not an RGB square of side \(side)")
        self.side = side
        self.bytes = bytes
    }

    public var description: String { "a picture of \(side) x \(side) pixels" }
}
