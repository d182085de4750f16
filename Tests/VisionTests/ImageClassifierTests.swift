import Foundation
import TestSupport
import Testing
import Torch
import Vision

@Suite("Naming what a picture shows")
struct ImageClassifierTests {
    @Test("A cat, an espresso and a tripod are recognised")
    func photographs() throws {
        let classifier = try ImageClassifier(folder: ModelCache.efficientNetLite0)
        let decoder = PictureDecoder(geometry: Preprocessing.efficientNetLite0.geometry)
        let pictures = try ["cat.jpg", "espresso.jpg", "tripod.jpg"].map { try decoder.decode(Fixture.source($0)) }
        let guesses = classifier.guesses(pictures, count: 3)
        #expect(Set(guesses[0].map(\.name)) == ["Egyptian cat", "tiger cat", "tabby"])
        #expect(guesses[1][0].name == "espresso" && guesses[1][0].probability > 0.8)
        #expect(guesses[2][0].name == "tripod" && guesses[2][0].probability > 0.8)
        for guesses in guesses {
            #expect(guesses.map(\.probability) == guesses.map(\.probability).sorted(by: >))
            #expect(guesses.count == 3 && guesses.map(\.probability).reduce(0, +) <= 1.0001)
        }
        #expect(classifier.guesses([]).isEmpty)
    }

    @Test("Scores are those of the PyTorch original")
    func scores() throws {
        let classifier = try ImageClassifier(folder: ModelCache.efficientNetLite0)
        let expected = try #require(EncoderFixture.encoder("efficientnet-lite0").logits)
        let logits = withoutGradients { classifier(EncoderFixture.pixels()) }
        #expect(logits.shape == expected.shape)
        #expect(expected.largestDifference(from: logits) < 1e-4)
    }

    @Test("Class names that do not fit are refused with a reason")
    func badNames() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "imagenet-classes.json")
            for content in ["", "[]", "{}", "{\"0\": 7}", "{\"0\": \"cat\", \"2\": \"dog\"}"] {
                try Data(content.utf8).write(to: file)
                let error = #expect(throws: ImageEncoderError.self, "\(content)") {
                    try ImageClassifier(folder: folder)
                }
                #expect(error?.description.foreignWords == [], "\(error?.description ?? "")")
            }
        }
    }
}
