import Corpus
import Foundation
import Support

/// Makes posts whose names can only be typed from the picture or its description, or only from the words.
///
/// Where the picture decides, a text occurs four times in its split, once with a picture of each subject: whatever reads
/// the text alone is right one time in four. Where the words decide, a name occurs with words about each subject, under
/// pictures of anything. Pictures are never shared between splits.
struct CorpusMaker {
    /// The folder that is written.
    let folder: URL
    /// What is made of each split.
    let plans: [Plan]
    private var generator: SplitMix64

    /// A line of the context file.
    private struct Context: Encodable {
        var image: String
        var context: String
    }

    init(folder: URL, seed: UInt64, plans: [Plan]) {
        self.folder = folder
        self.plans = plans
        generator = SplitMix64(state: seed)
    }

    /// Writes the posts of every split, the pictures, the contexts, and a few posts that nobody annotated.
    /// - Returns: a line about each file of posts.
    mutating func make() throws -> [String] {
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("images"), withIntermediateDirectories: true)
        var contexts: [Context] = []
        var report: [String] = []
        for plan in plans {
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
            let unrelated = plan.wordsDecide > 0 ? ", \(plan.wordsDecide) with an unrelated picture" : ""
            report.append("\(plan.split): \(posts.count) posts\(unrelated), \(pictures.count) pictures")
        }
        try JSONLinesWriter.write(contexts, to: folder.appendingPathComponent("contexts.jsonl"))
        let samples = try makeSamples()
        try JSONLinesWriter.write(samples, to: folder.appendingPathComponent("samples.jsonl"))
        return report + ["samples: \(samples.count) posts"]
    }

    private mutating func makePosts(_ plan: Plan, _ album: Album) -> [Post] {
        var posts: [Post] = []
        for (index, subjects) in subjectGroups(of: plan.pictureDecides).enumerated() {
            let isAboutTwo = index % 6 == 5
            let names = Wording.names.shuffled(using: &generator).prefix(isAboutTwo ? 2 : 1)
            let template = generator.pick(isAboutTwo ? Wording.aboutTwo : Wording.aboutOne)
            let sentence = Sentence(template: template, names: Array(names))
            for subject in subjects {
                posts.append(post("-picture", sentence, subject, under: subject, album))
            }
        }
        for subjects in subjectGroups(of: plan.wordsDecide) {
            let name = generator.pick(Wording.names)
            for subject in subjects {
                let sentence = Sentence(template: generator.pick(subject.tellingSentences), names: [name])
                posts.append(post("-text", sentence, subject, under: generator.pick(Subject.allCases), album))
            }
        }
        for _ in 0..<plan.nameless {
            let sentence = Sentence(template: generator.pick(Wording.aboutNone), names: [])
            let subject = generator.pick(Subject.allCases)
            posts.append(post("", sentence, subject, under: subject, album))
        }
        posts.shuffle(using: &generator)
        for index in posts.indices {
            posts[index].id = "\(plan.split)-\(index)" + (plan.isDeciderInID ? posts[index].id : "")
        }
        return posts
    }

    /// Subjects for a number of posts: every subject once a group, until there are enough.
    private func subjectGroups(of count: Int) -> [ArraySlice<Subject>] {
        stride(from: 0, to: count, by: Subject.allCases.count).map { Subject.allCases.prefix(count - $0) }
    }

    /// A post about a subject under a picture of the same or another; the id is what its final id ends in.
    private mutating func post(
        _ id: String, _ sentence: Sentence, _ subject: Subject, under pictured: Subject, _ album: Album
    ) -> Post {
        Post(
            id: id, content: .tokens(sentence.words), image: album.picture(of: pictured, using: &generator).path,
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
