import Corpus
import Foundation
import Vision

/// A line of a context file, as `ContextTable` reads it.
enum ContextRecord: Encodable {
    /// The origin of the contexts; the first line.
    case header([String: String])
    case context(image: String, String)

    private enum CodingKeys: CodingKey { case header, image, context }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .header(let provenance): try fields.encode(provenance, forKey: .header)
        case .context(let image, let context):
            try fields.encode(image, forKey: .image)
            try fields.encode(context, forKey: .context)
        }
    }
}

extension ContextRunner {
    /// Writes a context file with the contexts of a run, in the order of the pictures.
    /// - Parameter files: the pictures that the run was about.
    /// - Throws: `CorpusError` for a file that cannot be written, ``ContextCacheError``.
    package func write(_ result: Result, of files: PictureFiles, to url: URL) throws {
        let writer = try JSONLinesWriter<ContextRecord>(url)
        var provenance = generator.recipe.provenance
        provenance["endpoint"] = generator.endpoint
        try writer.write(.header(provenance))
        for (file, outcome) in zip(files.files, result.outcomes) {
            guard let picture = outcome?.picture, let text = try text(of: picture) else { continue }
            try writer.write(.context(image: file.name, text))
        }
        try writer.finish()
    }
}

extension CaptionCollection {
    /// Writes a context file with all captions, in the order of their file.
    /// - Throws: `CorpusError` for a file that cannot be written.
    package func write(as recipe: ContextRecipe, to url: URL) throws {
        let records = all.map { ContextRecord.context(image: $0.image, $0.text) }
        try JSONLinesWriter.write([.header(recipe.provenance)] + records, to: url)
    }
}

/// The counts of an export from a cache.
package struct ContextExport: Sendable, Equatable {
    /// The contexts in the file.
    package var written = 0
    /// Pictures that the recipe has no context of, where pictures were given.
    package var missing = 0
    /// Contexts that were left out because another picture has the same name.
    package var repeated = 0

    /// The omissions, for people; nil without any.
    package var note: String? {
        if missing > 0 { return "\(missing) pictures have no context of this recipe" }
        guard repeated > 0 else { return nil }
        return "\(repeated) contexts of other pictures of the same name are left out; give --images"
    }
}

extension ContextCache {
    /// Writes a context file with the contexts of one recipe.
    /// - Parameter pictures: the pictures whose contexts to write, under their present names; nil for all, under the
    ///   names that their pictures had when they were described.
    /// - Throws: `CorpusError` for a file that cannot be written, ``ContextCacheError``.
    package func export(_ recipe: RecipeSummary, of pictures: PictureFiles?, to url: URL) throws -> ContextExport {
        let writer = try JSONLinesWriter<ContextRecord>(url)
        try writer.write(.header(recipe.recipe.provenance))
        var export = ContextExport()
        if let pictures {
            for file in pictures.files {
                guard let bytes = try? file.source.read(limits: PictureLimits()),
                    let text = try text(of: ContentHash(of: bytes), recipe: recipe.id)
                else {
                    export.missing += 1
                    continue
                }
                try writer.write(.context(image: file.name, text))
                export.written += 1
            }
        } else {
            var last = ""
            try forEachEntry(recipe: recipe.id) { entry in
                guard entry.image != last else {
                    export.repeated += 1
                    return
                }
                last = entry.image
                try writer.write(.context(image: entry.image, entry.context))
                export.written += 1
            }
        }
        try writer.finish()
        return export
    }
}
