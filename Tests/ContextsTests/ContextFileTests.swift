import Contexts
import Corpus
import Foundation
import TestServer
import TestSupport
import Testing
import Vision

@Suite("Files of contexts, and what a cache takes in and gives out")
struct ContextFileTests {
    private let bench: Workbench
    private let recipe = ContextRecipe(generator: "imported", model: "people")

    init() throws { bench = try Workbench() }

    private var file: URL { bench.scratch["contexts.jsonl"] }

    /// The lines of the file after the header, which is checked.
    private func records() throws -> [String] {
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix(#"{"header":{"#) == true)
        return Array(lines.dropFirst())
    }

    private func captions(_ text: String) throws -> CaptionCollection {
        try CaptionCollection(CaptionFile(bench.scratch.write(text, to: "captions.txt"), format: .names))
    }

    @Test("A run becomes a file and a report; failures are listed by kind and in a file, which the next run removes")
    func report() async throws {
        _ = try bench.pictures(3)
        for number in 0..<12 { try bench.scratch.write("no picture", to: "pictures/bad\(number).jpg") }
        try bench.scratch.write(SamplePicture.tiff(9), to: "pictures/deep/0.tif")
        let server = try await ChatServer { .says("says \($0.pictureName)") }
        let files = try PictureFiles(folder: bench.scratch["pictures"])
        let generator = try Workbench.generator(server)
        let runner = try ContextRunner(generator, cache: bench.cache, concurrency: 2)
        let result = try await runner.runAndClose(files.files.map(\.source))
        try runner.write(result, of: files, to: file)
        #expect(try records().map { $0.contains("says picture-") } == [true, true, true])
        let report = ContextReport(result, files: files)
        #expect(report.pictures == 16 && report.generated == 3 && report.failures.count == 13)
        #expect(report.listing.count == 12 && report.listing.last == "  and 3 more")
        #expect(report.listing.first == "13 failed (picture):")
        #expect(report.summary(of: file).hasPrefix("3 of 16 pictures have a context in \(file.path): 3 generated"))
        let list = try #require(try report.writeFailures(beside: file))
        #expect(list.lastPathComponent == "contexts.failures.jsonl")
        #expect(try String(contentsOf: list, encoding: .utf8).split(separator: "\n").count == 13)
        let good = try PictureFiles(folder: bench.scratch["pictures/deep"])
        let other = try await bench.run(Workbench.generator(server), good.files.map(\.source))
        #expect(try ContextReport(other, files: good).writeFailures(beside: file) == nil)
        #expect(!FileManager.default.fileExists(atPath: list.path) && other.earlyEnding == nil)
    }

    @Test("Captions are bound to pictures by name, and what has no counterpart is counted")
    func importing() throws {
        _ = try bench.pictures(3)
        try bench.scratch.write("", to: "pictures/9.jpg")
        let files = try PictureFiles(folder: bench.scratch["pictures"])
        let captions = try captions("0.tif :zero\n1 :one\n1 :uno\n9.jpg :empty\n7.tif :seven\n2.tif :\n")
        var unreadable = 0
        let first = try CaptionImport(captions, of: files, as: recipe, in: bench.cache) { _ in unreadable += 1 }
        #expect(first.stored + unreadable == 3 && first.known == 0)
        #expect(first.withoutPicture == 1 && first.withoutCaption == 1 + unreadable)
        let again = try CaptionImport(captions, of: files, as: recipe, in: bench.cache) { _ in }
        #expect(again.stored == 0 && again.known == first.stored)
        #expect(again.notes.count == 2 && captions.notes.count == 2 && captions.namesWithoutExtension == 1)
        try captions.write(as: recipe, to: file)
        #expect(try records().count == captions.all.count)
    }

    @Test("An export has the pictures' present names, or those of before with each name once")
    func exporting() throws {
        _ = try bench.pictures(2)
        let files = try PictureFiles(folder: bench.scratch["pictures"])
        _ = try CaptionImport(
            captions("0.tif :zero\n1.tif :one\n"), of: files, as: recipe, in: bench.cache, report: { _ in })
        let chosen = try bench.cache.recipe(named: nil)
        try bench.cache.store(
            GeneratedContext(text: "other", latency: 0), of: ContentHash(of: Data("other".utf8)), name: "1.tif",
            recipe: chosen.id)
        let all = try bench.cache.export(chosen, of: nil, to: file)
        #expect(all.written == 2 && all.repeated == 1 && all.note?.contains("same name") == true)
        try bench.scratch.write(SamplePicture.tiff(1), to: "moved/new.tif")
        try bench.scratch.write(SamplePicture.tiff(5), to: "moved/unknown.tif")
        let moved = try PictureFiles(folder: bench.scratch["moved"])
        let some = try bench.cache.export(chosen, of: moved, to: file)
        #expect(some.written == 1 && some.missing == 1)
        #expect(try records() == [#"{"context":"one","image":"new.tif"}"#])
    }

    @Test("A recipe is known by how its name begins, and must be the only one")
    func recipes() throws {
        #expect(throws: RecipeError.self) { try bench.cache.recipe(named: nil) }
        for model in ["a", "b"] {
            let identifier = try bench.cache.identifier(of: ContextRecipe(generator: "imported", model: model))
            #expect(identifier > 0)
        }
        let names = try bench.cache.recipes().map(\.name)
        #expect(try bench.cache.recipe(named: names[1]).recipe.model == "b")
        #expect(throws: RecipeError.self) { try bench.cache.recipe(named: nil) }
        #expect(throws: RecipeError.self) { try bench.cache.recipe(named: "none") }
    }

    @Test("A prompt is the text of its file; what is none is named with what to do")
    func prompts() throws {
        #expect(try Prompt.read(bench.scratch.write("  What is it?\n", to: "prompt.txt")) == "What is it?")
        #expect(!Prompt.standard.isEmpty)
        let binary = try bench.scratch.write(Data([0xFF, 0xFE]), to: "binary.txt")
        for (url, words) in [
            (try bench.scratch.write(" \n", to: "empty.txt"), "is empty"), (binary, "UTF-8"),
            (bench.scratch["absent.txt"], "check the path"),
        ] {
            let error = #expect(throws: PromptError.self) { try Prompt.read(url) }
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test("Pictures are those of a folder or of a dataset; a place without any is named")
    func places() throws {
        #expect(try PictureFiles.find(in: nil, orOfDataset: nil) == nil)
        try bench.scratch.write("a", to: "empty/notes.txt")
        #expect(throws: NoPicturesError.self) { try PictureFiles.find(in: bench.scratch["empty"], orOfDataset: nil) }
        try bench.scratch.write(
            #"{"text": "a", "image": "1.jpg"}"# + "\n", to: "data/train.jsonl")
        let files = try PictureFiles.find(in: nil, orOfDataset: bench.scratch["data"])
        #expect(files?.files.map(\.name) == ["1.jpg"])
    }
}
