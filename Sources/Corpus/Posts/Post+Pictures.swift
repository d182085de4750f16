import Foundation
import Support

extension Post {
    /// The path of the first picture; nil where there is none. A new path sets ``imageURL`` too, relative to the working folder.
    public var image: String? {
        get { pictures.first?.image }
        set { changeFirstPicture { $0.image = newValue } }
    }

    /// The place of the first picture; nil where there is none, or one that may not be read.
    public var imageURL: URL? {
        get { pictures.first?.imageURL }
        set { changeFirstPicture { $0.imageURL = newValue } }
    }

    /// The context of the first picture, or that of a post without one; nil where there is none.
    public var context: String? {
        get { pictures.first?.context }
        set { changeFirstPicture { $0.context = newValue } }
    }

    /// Whether any picture has a context.
    package var hasContext: Bool { pictures.contains { $0.context != nil } }

    /// Whether it has a picture, at hand, that is without a context.
    package var lacksContext: Bool { pictures.contains(where: \.lacksContext) }

    /// Changes the first picture, which comes to be where there is none, and goes where nothing is left of the only one.
    private mutating func changeFirstPicture(_ change: (inout Picture) -> Void) {
        if pictures.isEmpty { pictures = [Picture()] }
        change(&pictures[0])
        if pictures.count == 1, pictures[0].isEmpty { pictures = [] }
    }

    /// The post with its pictures at the paths that it names, relative to a folder; an absolute path stays.
    ///
    /// Whether a file is there makes no difference.
    public func resolvingImage(in base: URL) -> Post {
        var post = self
        for index in pictures.indices {
            post.pictures[index].imageURL = pictures[index].image.map {
                $0.hasPrefix("/") ? URL(fileURLWithPath: $0) : base.appendingPathComponent($0)
            }
        }
        return post
    }
}

extension KeyedDecodingContainer {
    /// The pictures of a post: the list `images`, or the one that `image` and `context` describe.
    /// - Throws: `DecodingError`, also where both are given.
    func decodePictures(image: Key, context: Key, images: Key) throws -> [Post.Picture] {
        let name = try decodeIfPresent(String.self, forKey: image).flatMap { $0.isEmpty ? nil : $0 }
        let single = Post.Picture(image: name, context: try decodeIfPresent(String.self, forKey: context))
        guard let pictures = try decodeIfPresent([Post.Picture].self, forKey: images) else {
            return single.isEmpty ? [] : [single]
        }
        guard single.isEmpty else {
            let other = (single.image == nil ? context : image).stringValue
            throw corrupted(
                images, "is given beside \"\(other)\"; put every picture with its context into \"images\"")
        }
        return pictures
    }
}
