/// The formats in which a picture may come: those that people post, and whose decoders libvips trusts.
///
/// A picture is recognised by its first bytes, never by its file's name. Bytes that begin like none of these are
/// refused before any decoder sees them, so that SVG, PDF, ImageMagick's formats and the like have no way in.
public enum PictureFormat: String, Sendable, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case gif = "GIF"
    case webp = "WebP"
    case tiff = "TIFF"
    case heif = "HEIF"

    /// Recognises a format by its first bytes; nil if they are of no supported one.
    public init?(firstBytes bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(12))
        func has(_ signature: [UInt8], at offset: Int = 0) -> Bool {
            head.dropFirst(offset).starts(with: signature)
        }
        func has(_ signature: String, at offset: Int = 0) -> Bool {
            has(Array(signature.utf8), at: offset)
        }
        if has([0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if has([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            self = .png
        } else if has("GIF87a") || has("GIF89a") {
            self = .gif
        } else if has("RIFF") && has("WEBP", at: 8) {
            self = .webp
        } else if has([0x49, 0x49, 0x2a, 0x00]) || has([0x4d, 0x4d, 0x00, 0x2a]) {
            self = .tiff
        } else if has("ftyp", at: 4), Self.heifBrands.contains(where: { has($0, at: 8) }) {
            self = .heif
        } else {
            return nil
        }
    }

    /// The major brands of HEIC and AVIF files (ISO/IEC 23008-12, and the AV1 image file format).
    private static let heifBrands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"]
}
