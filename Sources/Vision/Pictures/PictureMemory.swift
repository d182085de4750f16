import Support

/// The memory of pictures: what all that are read and decoded at one time share, whatever the number of cores, and what
/// one of them needs.
///
/// A thread asks for the file's bytes first, then for the picture's, and gives back the other way round.
package enum PictureMemory {
    /// The bytes of files.
    package static let files = MemoryBudget(byteCount: 128 << 20)
    /// What decoding takes beside the files.
    package static let pixels = MemoryBudget(byteCount: 640 << 20)

    /// The bytes that decoding and scaling a picture take at most, by its header; `Int.max` where they cannot be counted.
    ///
    /// Scaling holds a band of rows, with transparency as four floats a pixel. Interlaced and most other pictures
    /// are also held whole, as their decoder keeps them.
    static func estimate(of picture: VipsPicture, format: PictureFormat) -> Int {
        let whole = picture.width.multiplyingClamped(by: picture.height)
        let band = picture.width.multiplyingClamped(by: min(picture.height, bandHeight))
        let pixel = picture.bytesOfPixel
        let kept =
            switch format {
            case .jpeg: picture.isInterlaced ? pixel.multiplyingClamped(by: 2) : 0
            case .png: picture.isInterlaced ? pixel : 0
            case .gif: max(pixel, 4).addingClamped(1)
            case .webp: 8
            case .tiff: pixel.multiplyingClamped(by: 2)
            case .heif: pixel.multiplyingClamped(by: 3)
            }
        let scaled = band.multiplyingClamped(by: max(pixel, 3).addingClamped(picture.hasTransparency ? 16 : 0))
        return whole.multiplyingClamped(by: kept).addingClamped(scaled).addingClamped(overhead)
    }

    /// As many rows does scaling hold at most, measured.
    private static let bandHeight = 1400
    /// The bytes that decoding any picture takes.
    private static let overhead = 4 << 20
}
