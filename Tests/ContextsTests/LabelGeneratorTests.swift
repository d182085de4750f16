import Contexts
import Foundation
import TestSupport
import Testing
import Vision

@Suite("Lists of labels")
struct LabelGeneratorTests {
    @Test("A photograph gets its likeliest names with probabilities, and the same again")
    func photograph() async throws {
        let generator = try LabelGenerator(folder: ModelCache.efficientNetLite0)
        let bytes = try Data(contentsOf: DataFolder.checkout.appending(path: "Tests/VisionTests/Fixtures/cat.jpg"))
        let picture = try generator.prepare(bytes, name: "cat.jpg")
        let text = try await generator.context(of: picture, attempt: 0).text
        #expect(text.hasPrefix("Labels of the picture: ") && text.contains("cat (") && text.hasSuffix(" %)."))
        #expect(text.count { $0 == "%" } == 5 && !text.lowercased().contains("caption"))
        #expect(try await generator.context(of: picture, attempt: 1).text == text)
        #expect(throws: PictureError.self) { try generator.prepare(Data("no picture".utf8), name: "a") }
    }
}
