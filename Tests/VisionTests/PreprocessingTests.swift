import Testing
import Vision

@Suite("Preprocessing")
struct PreprocessingTests {
    /// A picture whose bytes tell their place.
    private func picture(side: Int, seed: Int) -> RGBPicture {
        RGBPicture(side: side, bytes: (0..<side * side * 3).map { UInt8(($0 * 7 + seed) % 256) })
    }

    @Test(
        "Bytes become (byte / 255 - mean) / deviation, a plane a colour",
        arguments: [Preprocessing.imageNet, .clip, .efficientNetLite0])
    func normalisation(_ preprocessing: Preprocessing) {
        let pictures = [picture(side: 224, seed: 1), picture(side: 224, seed: 100)]
        let pixels = preprocessing.pixels(of: pictures)
        #expect(pixels.shape == [2, 3, 224, 224])
        let numbers = pixels.floats()
        for (number, picture) in pictures.enumerated() {
            for (x, y) in [(0, 0), (223, 0), (100, 57), (223, 223)] {
                for colour in 0..<3 {
                    let byte = Float(picture.bytes[(y * 224 + x) * 3 + colour])
                    let expected = (byte / 255 - preprocessing.mean[colour]) / preprocessing.deviation[colour]
                    #expect(abs(numbers[((number * 3 + colour) * 224 + y) * 224 + x] - expected) < 1e-6)
                }
            }
        }
    }

    @Test("EfficientNet-Lite0 reads (byte - 127) / 128")
    func efficientNet() {
        let numbers = Preprocessing.efficientNetLite0.pixels(of: [picture(side: 224, seed: 0)]).floats()
        #expect(abs(numbers[0] - (0 - 127) / 128) < 1e-6)
        #expect(abs(numbers[224 * 224] - (7 - 127) / 128) < 1e-6)
    }

    @Test("No pictures make an empty batch")
    func empty() {
        #expect(Preprocessing.clip.pixels(of: []).shape == [0, 3, 224, 224])
    }
}
