import CVips

/// An image of libvips: a pipeline that computes pixels when they are asked for.
///
/// It borrows the file's bytes, so it must not outlive the `withUnsafeBytes` in which it was opened.
final class VipsPicture {
    private let image: UnsafeMutablePointer<VipsImage>

    /// Whether libvips runs in this process; started on first use.
    static let isAvailable = cvips_start() == 0

    /// Takes over a reference that libvips gave; nil after a failure of libvips.
    private init?(_ image: UnsafeMutablePointer<VipsImage>?) {
        guard let image else {
            vips_error_clear()
            return nil
        }
        self.image = image
    }

    deinit {
        cvips_release(image)
    }

    /// The picture as its header describes it, pixels not decoded; nil if the header is damaged.
    static func header(of bytes: UnsafeRawBufferPointer) -> VipsPicture? {
        VipsPicture(cvips_open(bytes.baseAddress, bytes.count))
    }

    /// The upright picture, no larger than is needed to cut out a square; nil if it is damaged.
    ///
    /// A thumbnail has its size already. For another filter a side of at least four times what it will be is scaled down to
    /// twice that: what the thumbnailer's own filter does to it is then hardly seen.
    static func start(of bytes: UnsafeRawBufferPointer, for geometry: PictureGeometry) -> VipsPicture? {
        if geometry.filter == .thumbnail {
            return VipsPicture(cvips_square(bytes.baseAddress, bytes.count, Int32(clamping: geometry.shortestSide)))
        }
        guard let (width, height) = header(of: bytes)?.uprightSize else { return nil }
        let wanted = geometry.scaledSize(width: width, height: height)
        func side(_ length: Int, _ wanted: Int) -> Int32 {
            Int32(clamping: length < 4 * wanted ? length : 2 * wanted)
        }
        return VipsPicture(
            cvips_stretched(
                bytes.baseAddress, bytes.count, side(width, wanted.width), side(height, wanted.height)))
    }

    /// The whole picture, upright, its longer side scaled down to at most `side`; nil if it is damaged.
    static func shrunk(_ bytes: UnsafeRawBufferPointer, side: Int) -> VipsPicture? {
        VipsPicture(cvips_shrunk(bytes.baseAddress, bytes.count, Int32(clamping: side)))
    }

    var width: Int { Int(vips_image_get_width(image)) }
    var height: Int { Int(vips_image_get_height(image)) }
    /// Width and height of the picture as its EXIF orientation turns it.
    private var uprightSize: (width: Int, height: Int) {
        cvips_is_turned(image) == 0 ? (width, height) : (height, width)
    }
    var bytesOfPixel: Int { Int(clamping: cvips_pixel_size(image)) }
    /// Whether a JPEG or PNG file holds the picture in several passes, so that it has to be held whole.
    var isInterlaced: Bool { cvips_is_interlaced(image) != 0 }
    var hasTransparency: Bool { vips_image_hasalpha(image) != 0 }

    /// The picture in 8-bit sRGB without transparency: white shines through. Nil where it cannot be converted.
    func opaqueSRGB() -> VipsPicture? {
        guard let picture = VipsPicture(cvips_srgb(image)) else { return nil }
        guard let opaque = picture.hasTransparency ? VipsPicture(cvips_flatten(picture.image)) : picture,
            vips_image_get_bands(opaque.image) == 3,
            vips_image_get_format(opaque.image) == VIPS_FORMAT_UCHAR
        else { return nil }
        return opaque
    }

    /// The square of that side in the centre.
    func centre(side: Int) -> VipsPicture? {
        VipsPicture(
            cvips_crop(
                image, Int32(clamping: (width - side) / 2), Int32(clamping: (height - side) / 2), Int32(clamping: side),
                Int32(clamping: side)))
    }

    /// Computes the bytes of the pixels by rows; nil if the file is damaged.
    func bytes() -> [UInt8]? {
        var count = 0
        let pixels = cvips_pixels(image, &count)
        return Self.bytes(pixels, count: count)
    }

    /// Computes the picture as a JPEG file without metadata; nil if the file it comes from is damaged.
    func jpeg(quality: Int) -> [UInt8]? {
        var count = 0
        let file = cvips_jpeg(image, Int32(quality), &count)
        return Self.bytes(file, count: count)
    }

    /// Takes over bytes that libvips gave.
    private static func bytes(_ start: UnsafeMutablePointer<UInt8>?, count: Int) -> [UInt8]? {
        guard let start else {
            vips_error_clear()
            return nil
        }
        defer { g_free(start) }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }
}
