import Foundation
import TestSupport
import Vision

extension FuzzTarget {
    /// The decoder of pictures.
    static let visionTargets = [pictures]

    private static let pictures = FuzzTarget(
        name: "pictures", about: "pictures of every admitted format, decoded and made smaller",
        seeds: {
            let tiff = SamplePicture.tiff(1_234)
            let jpeg = try PictureShrinker(largestSide: 16).jpeg(of: tiff, name: "seed")
            return [[UInt8](tiff), [UInt8](jpeg), PNGWriter.picture(width: 9, height: 7), gif, webP]
        },
        dictionary: [
            "GIF89a", "IHDR", "IDAT", "PLTE", "tRNS", "acTL", "iCCP", "eXIf", "Exif\u{0}\u{0}", "JFIF", "RIFF", "WEBP",
            "VP8 ",
            "VP8L", "VP8X", "ALPH", "ftyp", "heic", "avif", "mif1", "II*\u{0}", "MM\u{0}*",
        ], mostRuns: slowRuns, repair: { CraftedPNG.repair(&$0) },
        attempt: { input, _ in
            let decoder = PictureDecoder(geometry: PictureGeometry(shortestSide: 20, cropSide: 16))
            let shrunk = Result { () throws(PictureError) in
                try PictureShrinker(largestSide: 32).jpeg(of: Data(input), name: "picture")
            }
            if case .success(let file) = shrunk, PictureFormat(firstBytes: file) != .jpeg {
                throw Fault("not a JPEG file")
            }
            if case .failure(let error) = shrunk, let fault = Messages.fault(of: error) { throw Fault(fault) }
            _ = try decoder.decode(Data(input), name: "picture")
        })

    /// A pixel of GIF 89a.
    private static let gif: [UInt8] =
        Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0]
        + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

    /// A pixel of lossless WebP.
    private static let webP: [UInt8] =
        Array("RIFF".utf8) + [0x1A, 0, 0, 0] + Array("WEBPVP8L".utf8) + [0x0D, 0, 0, 0]
        + [0x2F, 0, 0, 0, 0x10, 0x07, 0x10, 0x11, 0x11, 0x88, 0x88, 0xFE, 0x07, 0]
}
