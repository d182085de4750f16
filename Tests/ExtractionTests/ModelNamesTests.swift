import Extraction
import Foundation
import TestSupport
import Testing

@Suite("Models by name")
struct ModelNamesTests {
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func write(_ folder: String, format: String = "shapca-1") throws {
        try scratch.write(#"{"format": "\#(format)"}"#, to: "\(folder)/config.json")
    }

    private func names(program: String? = nil, _ places: String...) -> ModelNames {
        let value = places.map { scratch[$0].path }.joined(separator: ":")
        return ModelNames(environment: ["SHAPCA_MODELS": value], program: program.map { scratch[$0] })
    }

    @Test("Of two models with one name, that of the folder that comes first is meant")
    func order() throws {
        for folder in ["a/twin", "b/twin", "b/other", "prefix/share/shapca/models/installed"] { try write(folder) }
        let names = names(program: "prefix/bin/shapca", "a", "b")
        #expect(try names.folder(of: "twin").path == scratch["a/twin"].path)
        #expect(try names.folder(of: "other").path == scratch["b/other"].path)
        #expect(
            try names.folder(of: "installed").path == scratch["prefix/share/shapca/models/installed"].path)
        let listed = names.models.map(\.name)
        #expect(Set(["installed", "other", "twin"]).isSubset(of: listed) && listed == listed.sorted())
    }

    @Test("A program in a build folder finds the models of its checkout, and social-en where none is named")
    func checkout() throws {
        try write("checkout/Models/social-en")
        let names = names(program: "checkout/.build/x86_64-unknown-linux-gnu/release/shapca")
        #expect(try names.folder(of: nil).path == scratch["checkout/Models/social-en"].path)
        #expect(try names.folder(of: "social-en").path == scratch["checkout/Models/social-en"].path)
    }

    @Test("What has a slash is a path, and a run's folder means its model")
    func paths() throws {
        try write("a/twin")
        try write("run/model")
        try scratch.write("", to: "run/config.yaml")
        let names = names("a")
        #expect(try names.folder(of: scratch["elsewhere/twin"].path).path == scratch["elsewhere/twin"].path)
        #expect(try names.folder(of: scratch["run"].path).path == scratch["run/model"].path)
    }

    @Test("Encoders are no models, and an unknown name is answered with the nearest and all")
    func unknown() throws {
        try write("a/tweets-en")
        try write("a/plain", format: "other")
        try scratch.write(#"{"model_type": "bert"}"#, to: "a/encoder/config.json")
        let names = names("a")
        let error = #expect(throws: ModelNameError.self) { try names.folder(of: "tweet-en") }
        #expect(error?.description.contains("did you mean tweets-en? the models are") == true)
        let encoder = #expect(throws: ModelNameError.self) { try names.folder(of: "encoder") }
        #expect(encoder?.description.contains("no model or folder \"encoder\"") == true)
        let standard = #expect(throws: ModelNameError.self) { try names.folder(of: nil) }
        #expect(standard?.description.contains("--model") == true)
    }
}
