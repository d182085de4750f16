import Corpus
import Foundation
import Support

/// Makes posts whose names can only be typed from the picture or its description.
///
/// Every text with a name occurs four times in its split, once with a picture of each subject: whatever reads the text
/// alone is right one time in four. Pictures are never shared between splits.
struct CorpusMaker {
    /// The folder that is written.
    let folder: URL
    private var generator: SplitMix64

    /// The numbers of texts and pictures of a split.
    private struct Plan {
        var split: Split
        var picturesPerSubject: Int
        var namedTexts: Int
        var namelessPosts: Int
    }

    private static let plans = [
        Plan(split: .train, picturesPerSubject: 30, namedTexts: 138, namelessPosts: 48),
        Plan(split: .valid, picturesPerSubject: 8, namedTexts: 34, namelessPosts: 14),
        Plan(split: .test, picturesPerSubject: 12, namedTexts: 46, namelessPosts: 16),
    ]

    /// A line of the context file.
    private struct Context: Encodable {
        var image: String
        var context: String
    }

    init(folder: URL, seed: UInt64) {
        self.folder = folder
        generator = SplitMix64(state: seed)
    }

    /// Writes the posts of every split, the pictures, the contexts, and a few posts that nobody annotated.
    /// - Returns: a line about each file of posts.
    mutating func make() throws -> [String] {
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("images"), withIntermediateDirectories: true)
        var contexts: [Context] = []
        var report: [String] = []
        for plan in Self.plans {
            let album = try Album(
                split: plan.split, picturesPerSubject: plan.picturesPerSubject, folder: folder, using: &generator)
            let posts = makePosts(plan, album)
            try JSONLinesWriter.write(posts, to: folder.appendingPathComponent("\(plan.split).jsonl"))
            let pictures = Subject.allCases.flatMap { album.pictures[$0] ?? [] }
            contexts += pictures.compactMap { picture in
                picture.context.map {
                    Context(image: URL(fileURLWithPath: picture.path).lastPathComponent, context: $0)
                }
            }
            report.append("\(plan.split): \(posts.count) posts, \(pictures.count) pictures")
        }
        try JSONLinesWriter.write(contexts, to: folder.appendingPathComponent("contexts.jsonl"))
        let samples = try makeSamples()
        try JSONLinesWriter.write(samples, to: folder.appendingPathComponent("samples.jsonl"))
        return report + ["samples: \(samples.count) posts"]
    }

    private mutating func makePosts(_ plan: Plan, _ album: Album) -> [Post] {
        var posts: [Post] = []
        for index in 0..<plan.namedTexts {
            let isAboutTwo = index % 6 == 5
            let names = Wording.names.shuffled(using: &generator).prefix(isAboutTwo ? 2 : 1)
            let template = generator.pick(isAboutTwo ? Wording.aboutTwo : Wording.aboutOne)
            let sentence = Sentence(template: template, names: Array(names))
            for subject in Subject.allCases {
                posts.append(post(sentence, subject, album))
            }
        }
        for _ in 0..<plan.namelessPosts {
            let sentence = Sentence(template: generator.pick(Wording.aboutNone), names: [])
            posts.append(post(sentence, generator.pick(Subject.allCases), album))
        }
        posts.shuffle(using: &generator)
        for index in posts.indices { posts[index].id = "\(plan.split)-\(index)" }
        return posts
    }

    private mutating func post(_ sentence: Sentence, _ subject: Subject, _ album: Album) -> Post {
        Post(
            id: "", content: .tokens(sentence.words), image: album.picture(of: subject, using: &generator).path,
            entities: sentence.nameSpans.map {
                Entity(start: $0.lowerBound, end: $0.upperBound, type: subject.entityType)
            })
    }

    /// The same words under four new pictures, and again for other words; raw text with contexts, not annotated.
    private mutating func makeSamples() throws -> [Post] {
        var posts: [Post] = []
        for text in Wording.samples {
            for subject in Subject.allCases {
                let id = "sample-\(posts.count + 1)"
                let path = "images/\(id).png"
                let (picture, description) = Album.draw(subject, using: &generator)
                try PNG.encode(picture).write(to: folder.appendingPathComponent(path))
                posts.append(Post(id: id, content: .text(text), image: path, context: description))
            }
        }
        return posts
    }
}
