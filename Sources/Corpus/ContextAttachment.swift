/// Gives posts the contexts of their pictures, one after the other.
///
/// Contexts go by file name. Where posts name several pictures of one file name in different folders, the context is taken
/// for that of the first; a post with another of them gets none, for it would be told what is in a picture that it does
/// not have.
struct ContextAttachment {
    private let table: ContextTable
    /// The path of the first picture of each file name.
    private var paths: [String: String] = [:]

    init(_ table: ContextTable) { self.table = table }

    /// Gives a post the context of its picture and counts what happens.
    mutating func attach(to post: inout Post, at location: SourceLocation?, _ findings: inout Findings) {
        guard let image = post.image, let name = post.imageName else { return }
        let path = image.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        let first = paths[name, default: path]
        paths[name] = first
        guard path == first else {
            findings.add(
                .sharedPictureName, at: location, "\(image.quoted) of post \(post.id.quoted), after \(first.quoted)")
            return
        }
        if let context = table[name] {
            if let old = post.context, old != context {
                findings.add(.replacedContext, at: location, "the context of post \(post.id.quoted) is replaced")
            }
            post.context = context
        } else if post.context == nil {
            findings.add(.missingContext, at: location, "no context for \(name.quoted) of post \(post.id.quoted)")
        }
    }
}
