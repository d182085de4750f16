import Foundation
import Support

/// Examines a dataset on disk and continues after every error, so that one look shows all there is to mend.
///
/// A picture must be there; whether it can be decoded is not checked.
public struct DatasetDoctor {
    private let files: DatasetFiles
    private let pictures: PictureFolder
    private let path: String
    private let contexts: ContextTable?
    private let wordsCut: ((Post) -> [Range<Int>?])?
    private var attachment: ContextAttachment?
    private var findings = Findings()
    private var duplicates = DuplicateFinder()
    private var usedImages: Set<String> = []
    /// Why the picture of each path cannot be reached; nil where it can.
    private var pictureProblems: [String: String?] = [:]

    /// Examines the dataset at a path.
    /// - Parameters:
    ///   - url: a folder of splits, or one file.
    ///   - contexts: a context file, as in ``Dataset``.
    ///   - images: the folder of the pictures where they are not with the dataset, as in ``Dataset``.
    ///   - format: the format of the files; nil recognises it.
    ///   - wordsCut: for each entity of a post, the offsets of the words that it touches where it does not begin and end
    ///     with words, among which a model finds entities; nil elsewhere. Without it, entities are not compared with words.
    /// - Throws: ``CorpusError`` where there is no dataset, or no context file, to examine.
    public static func examine(
        _ url: URL, contexts: URL? = nil, images: URL? = nil, format: DatasetFormat? = nil,
        wordsCut: ((Post) -> [Range<Int>?])? = nil
    ) throws -> DatasetReport {
        let files = try DatasetFiles(at: url, format: format)
        var doctor = DatasetDoctor(
            files: files, path: url.relativePath, contexts: try contexts.map { try ContextTable(examining: $0) },
            pictures: try PictureFolder(dataset: files.folder, images: images), wordsCut: wordsCut)
        return doctor.report()
    }

    private init(
        files: DatasetFiles, path: String, contexts: ContextTable?, pictures: PictureFolder,
        wordsCut: ((Post) -> [Range<Int>?])?
    ) {
        self.files = files
        self.path = path
        self.contexts = contexts
        attachment = contexts.map(ContextAttachment.init)
        self.pictures = pictures
        self.wordsCut = wordsCut
        if let contexts { findings.merge(contexts.findings) }
    }

    private mutating func report() -> DatasetReport {
        let splits = Split.allCases.compactMap { split in files.files[split].map { examine(split, file: $0) } }
        noteMissingSplits()
        noteUnusedContexts()
        return DatasetReport(
            path: path, name: files.name, layout: files.format, publishedAs: publishedName(of: splits), splits: splits,
            duplicates: duplicates.duplicates, provenance: contexts?.provenance, findings: findings)
    }

    private mutating func examine(_ split: Split, file: URL) -> DatasetReport.SplitReport {
        var report = DatasetReport.SplitReport(split: split, file: file.relativePath)
        var fingerprint = Fingerprint.Builder()
        var histogram: [Int: Int] = [:]
        var ids: Set<String> = []
        do {
            let reader = try files.reader(for: split)
            for result in reader {
                do throws(CorpusError) {
                    var post = try result.get()
                    fingerprint.add(post)
                    histogram[post.length, default: 0] += 1
                    note(post, of: split, isNewID: ids.insert(post.id).inserted, at: reader.location)
                    noteSplitWords(of: post, at: reader.location)
                    attachment?.attach(to: &post, at: reader.location, &findings)
                    report.count(post)
                    report.missingPictures += post.pictures.count {
                        !isThere($0, of: post.id, at: reader.location)
                    }
                } catch {
                    note(error)
                }
            }
            findings.merge(reader.findings)
        } catch {
            findings.add(.unreadableFile, at: nil, "\(error)")
        }
        report.lengths = LengthStatistics(histogram: histogram)
        report.fingerprint = fingerprint.fingerprint()
        report.publishedAs = KnownDataset.identify(report.fingerprint)
        return report
    }

    private mutating func note(_ error: CorpusError) {
        if let location = error.location {
            findings.add(.malformedLine, at: location, error.problem)
        } else {
            findings.add(.unreadableFile, at: nil, error.description)
        }
    }

    /// Notes a used id, and a post that occurred before.
    private mutating func note(_ post: Post, of split: Split, isNewID: Bool, at location: SourceLocation) {
        if !isNewID { findings.add(.duplicateID, at: location, "id \(post.id.quoted) is used before in this split") }
        let match = duplicates.add(post, of: split)
        if match.posts.contains(split), !files.format.repeatsPosts {
            findings.add(.repeatedPost, at: location, "text and picture are those of a post before")
        }
        let leaks = match.posts.subtracting([split])
        let textLeaks = match.texts.subtracting([split]).subtracting(leaks)
        if let other = Split.allCases.first(where: leaks.contains) {
            findings.add(.leakedPost, at: location, "text and picture are also in \(other)")
        } else if let other = Split.allCases.first(where: textLeaks.contains) {
            findings.add(.leakedText, at: location, "the text is also in \(other)")
        }
    }

    /// Notes entities whose ends are not ends of words.
    private mutating func noteSplitWords(of post: Post, at location: SourceLocation) {
        guard let wordsCut, !post.entities.isEmpty else { return }
        for (index, words) in wordsCut(post).enumerated() {
            guard let words else { continue }
            let whole = Entity(start: words.lowerBound, end: words.upperBound, type: post.entities[index].type)
            findings.add(
                .splitWord, at: location,
                "\(post.name(ofEntityAt: index)), cuts \((post.surface(of: whole) ?? "").quoted); "
                    + "move its offsets to whole words")
        }
    }

    /// Whether a picture of a post is on disk, if one is named.
    private mutating func isThere(_ picture: Post.Picture, of post: String, at location: SourceLocation) -> Bool {
        guard let image = picture.image else { return true }
        if let name = picture.name { usedImages.insert(name) }
        let place = pictures.url(of: picture)
        let problem = pictureProblems[image] ?? place.map { Self.problem(of: $0) } ?? "leads out of the folder"
        pictureProblems[image] = .some(problem)
        guard let problem else { return true }
        if place == nil {
            findings.add(.foreignPicture, at: location, "\(image.quoted) of post \(post.quoted) \(problem)")
        } else {
            findings.add(.missingPicture, at: location, "\(image.quoted) \(problem)")
        }
        return false
    }

    /// Why a picture cannot be reached; nil where it can.
    private static func problem(of picture: URL) -> String? {
        let status = FileStatus(of: picture)
        return status.isMissing ? "is not there" : status.problem.map { "cannot be read (\($0))" }
    }

    private mutating func noteMissingSplits() {
        guard files.files.count > 1 else { return }
        for split in Split.allCases where files.files[split] == nil {
            findings.add(.missingSplit, at: nil, "there is no \(files.fileName(of: split))")
        }
    }

    private mutating func noteUnusedContexts() {
        guard let contexts else { return }
        for name in contexts.imageNames.sorted() where !usedImages.contains(name) {
            findings.add(.unusedContext, at: nil, "no post names \(name.quoted)")
        }
    }

    /// The name of the published dataset that every split belongs to.
    private func publishedName(of splits: [DatasetReport.SplitReport]) -> String? {
        let names = Set(splits.map { $0.publishedAs?.split == $0.split ? $0.publishedAs?.name : nil })
        return names.count == 1 ? names.first ?? nil : nil
    }
}

extension DatasetReport.SplitReport {
    /// Adds a post to the counts.
    fileprivate mutating func count(_ post: Post) {
        posts += 1
        tokens += post.length
        if post.isEmpty { emptyPosts += 1 }
        pictures += post.pictures.count { $0.image != nil }
        contexts += post.pictures.count { $0.context != nil }
        for entity in post.entities { entities[entity.type, default: 0] += 1 }
        for relation in post.relations { relations[relation.type, default: 0] += 1 }
    }
}
