import Foundation
import Support

extension Post {
    /// A picture of a post, and what is said about it.
    public struct Picture: Sendable {
        /// The path of the picture as the post names it, relative to the image base of its dataset; nil where there is none, and
        /// the context is all there is. A new path sets ``imageURL`` too, relative to the working folder.
        public var image: String? {
            didSet { imageURL = image.map { URL(filePath: $0) } }
        }
        /// The place of the picture, resolved by the reader of the post; nil where there is none, or one that may not be read.
        public var imageURL: URL?
        /// A bridging context, usually a generated description of the picture; nil where there is none, or it was blank.
        public var context: String?

        /// Makes a picture whose path is relative to the working folder.
        public init(image: String? = nil, context: String? = nil) {
            self.image = image
            imageURL = image.map { URL(filePath: $0) }
            self.context = context?.unlessBlank
        }

        /// Whether there is neither a picture nor a context.
        var isEmpty: Bool { image == nil && imageURL == nil && context == nil }

        /// Whether there is a picture without a context.
        package var lacksContext: Bool { imageURL != nil && context == nil }

        /// The file name of the picture, by which contexts are attached.
        package var name: String? {
            image.map { path in path.split(separator: "/").last.map(String.init) ?? path }
        }
    }
}

extension Post.Picture: Equatable {
    /// Whether two pictures are named and described alike. ``imageURL`` does not count.
    public static func == (left: Post.Picture, right: Post.Picture) -> Bool {
        left.image == right.image && left.context == right.context
    }
}

extension Post.Picture: Codable {
    private enum CodingKeys: String, CodingKey { case image, context }

    /// Reads `{"image", "context"}`, one of which may be missing.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            image: try fields.decodeIfPresent(String.self, forKey: .image).flatMap { $0.isEmpty ? nil : $0 },
            context: try fields.decodeIfPresent(String.self, forKey: .context))
        guard !isEmpty else {
            throw DecodingError.corrupted(
                decoder.codingPath, "has neither \"image\" nor \"context\"; give one of them, or remove the object")
        }
    }

    /// Writes what there is.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(image, forKey: .image)
        try fields.encodeIfPresent(context, forKey: .context)
    }
}
