import ArgumentParser
import Contexts
import Corpus
import Foundation
import Vision

struct ContextsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take over a file of captions.",
        discussion: """
            Reads JSON lines, a JSON map or array, CSV, `name :caption` lines, and one Python dictionary a line. With \
            --images or --data the captions of these pictures go to the cache; with --output all captions go to a file for \
            --contexts, whether or not there are pictures. Captions without a picture, pictures without a caption and \
            further captions of one picture are counted. The exit status is 1 when lines could not be read.
            """)

    @Argument(help: "The file of captions.", transform: URL.argument)
    var file: URL

    @Option(
        help:
            "How it is written: \(CaptionFormat.allCases.map(\.rawValue).joined(separator: ", ")); seen from it when not given."
    )
    var format: CaptionFormat?

    @Option(
        help: ArgumentHelp("What made the captions, for the record; the file's name when not given.", valueName: "name")
    )
    var model: String?

    @Option(help: ArgumentHelp("A file to write, JSON lines.", valueName: "file"), transform: URL.argument)
    var output: URL?

    @OptionGroup var pictures: PictureOptions

    @OptionGroup var options: CacheOptions

    func validate() throws {
        guard pictures.isGiven || output != nil else { throw ValidationError("give --images, --data or --output") }
        try output?.checkIsNotInput(file, named: "captions")
    }

    func run() throws {
        let captions = try CaptionCollection(CaptionFile(file, format: format)) { Console.note("\($0)") }
        let recipe = ContextRecipe(
            generator: "imported", model: model ?? file.deletingPathExtension().lastPathComponent)
        if let output {
            let records = captions.all.map { ContextRecord.context(image: $0.image, $0.text) }
            try JSONLinesWriter.write([.header(recipe.provenance)] + records, to: output)
            try Console.print("\(records.count) captions are in \(output.path(percentEncoded: false))")
            let bare = captions.all.count { !$0.image.contains(".") }
            if bare > 0 {
                Console.note(
                    "\(bare) captions name their picture without its extension, and --contexts needs whole file names")
            }
        }
        if pictures.isGiven { try fill(options.open(), with: captions, recipe: recipe) }
        if captions.repeated > 0 { Console.note("\(captions.repeated) further captions of a picture are left out") }
        if captions.empty > 0 { Console.note("\(captions.empty) captions are empty and left out") }
        if captions.unreadable > 0 {
            Console.note("\(captions.unreadable) lines could not be read")
            throw ExitCode.failure
        }
    }

    private func fill(_ cache: ContextCache, with captions: CaptionCollection, recipe: ContextRecipe) throws {
        let files = try pictures.files().files
        let identifier = try cache.identifier(of: recipe)
        var found: Set<String> = []
        var (stored, known, without) = (0, 0, 0)
        for file in files {
            guard let caption = captions[file.name] else {
                without += 1
                continue
            }
            found.insert(caption.image)
            do {
                let bytes = try file.source.read(limits: PictureLimits())
                let context = GeneratedContext(text: caption.text, latency: 0)
                let isNew = try cache.store(
                    context, of: ContentHash(of: bytes), name: file.name, recipe: identifier)
                if isNew { stored += 1 } else { known += 1 }
            } catch let error as PictureError {
                Console.note("\(error)")
                without += 1
            }
        }
        try Console.print("\(stored) captions are stored as recipe \(recipe.shortKey), \(known) were there before")
        let homeless = captions.all.count - found.count
        if homeless > 0 { Console.note("\(homeless) captions have no picture") }
        if without > 0 { Console.note("\(without) pictures have no caption") }
    }
}

extension CaptionFormat: ExpressibleByArgument {}
