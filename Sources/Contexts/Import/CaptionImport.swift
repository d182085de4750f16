import Vision

/// The captions of pictures, stored in a cache.
package struct CaptionImport: Sendable {
    /// Captions that are new to the cache.
    package private(set) var stored = 0
    /// Captions that were in the cache before.
    package private(set) var known = 0
    /// Captions whose picture is not among those given.
    package private(set) var withoutPicture = 0
    /// Pictures without a caption, or that cannot be read.
    package private(set) var withoutCaption = 0

    /// Stores the captions of pictures in a cache.
    /// - Parameter report: receives the errors of pictures that cannot be read.
    /// - Throws: ``ContextCacheError``.
    package init(
        _ captions: CaptionCollection, of files: PictureFiles, as recipe: ContextRecipe, in cache: ContextCache,
        report: (PictureError) -> Void
    ) throws {
        let identifier = try cache.identifier(of: recipe)
        var found: Set<String> = []
        for file in files.files {
            guard let caption = captions[file.name] else {
                withoutCaption += 1
                continue
            }
            found.insert(caption.image)
            do {
                let picture = ContentHash(of: try file.source.read(limits: PictureLimits()))
                let context = GeneratedContext(text: caption.text, latency: 0)
                let isNew = try cache.store(context, of: picture, name: file.name, recipe: identifier)
                if isNew { stored += 1 } else { known += 1 }
            } catch let error as PictureError {
                report(error)
                withoutCaption += 1
            }
        }
        withoutPicture = captions.all.count - found.count
    }

    /// The captions and pictures without a counterpart, for people.
    package var notes: [String] {
        (withoutPicture > 0 ? ["\(withoutPicture) captions have no picture"] : [])
            + (withoutCaption > 0 ? ["\(withoutCaption) pictures have no caption"] : [])
    }
}
