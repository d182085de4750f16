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
        let whole = picture.width.times(picture.height)
        let band = picture.width.times(min(picture.height, bandHeight))
        let pixel = picture.bytesOfPixel
        let kept =
            switch format {
            case .jpeg: picture.isInterlaced ? pixel.times(2) : 0
            case .png: picture.isInterlaced ? pixel : 0
            case .gif: max(pixel, 4).plus(1)
            case .webp: 8
            case .tiff: pixel.times(2)
            case .heif: pixel.times(3)
            }
        let scaled = max(pixel, 3).plus(picture.hasTransparency ? 16 : 0)
        return whole.times(kept).plus(band.times(scaled)).plus(overhead)
    }

    /// As many rows does scaling hold at most, measured.
    private static let bandHeight = 1400
    /// The bytes that decoding any picture takes.
    private static let overhead = 4 << 20
}

extension Int {
    /// The product; the greatest number where it is greater.
    func times(_ factor: Int) -> Int {
        let (product, overflows) = multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }

    /// The sum; the greatest number where it is greater.
    func plus(_ term: Int) -> Int {
        let (sum, overflows) = addingReportingOverflow(term)
        return overflows ? .max : sum
    }
}
