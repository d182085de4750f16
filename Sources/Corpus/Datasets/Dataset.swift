import Foundation

/// Annotated posts in their splits.
///
///     let dataset = try Dataset.load(folder: URL(filePath: "twitter2017"))
///     let entities = dataset[.train].reduce(0) { $0 + $1.entities.count }
///     print("\(dataset.name): \(entities) entities in \(dataset[.train].count) posts")
public struct Dataset: Sendable {
    /// The dataset's name.
    public var name: String
    /// The folder that the dataset was read from.
    public var folder: URL
    /// The posts of each split that is there.
    public var splits: [Split: [Post]]
    /// The oddities of the files.
    public var findings: Findings
    /// The origin of attached contexts, as the header of their file gives it; empty also where the parts of a dataset differ.
    public internal(set) var contextProvenance: [String: String] = [:]
    /// The datasets that this one joins; empty for one that was read from one place.
    public internal(set) var parts: [Part] = []

    /// Makes a dataset of posts in memory, whose pictures have paths relative to `folder`.
    public init(name: String, folder: URL, splits: [Split: [Post]], findings: Findings = Findings()) {
        self.name = name
        self.folder = folder
        self.splits = splits.mapValues { posts in posts.map { $0.resolvingImage(in: folder) } }
        self.findings = findings
    }

    /// Reads a dataset, whatever its format.
    /// - Parameters:
    ///   - folder: a folder of splits, or one file.
    ///   - contexts: a context file, JSON lines `{"image": "1.jpg", "context": "a man on a stage"}`.
    ///   - images: the folder of the pictures where they are not with the dataset. A picture is looked for at the
    ///     path that its post names, then by its file name in that folder and those below it.
    ///   - format: the format of the files; nil recognises it.
    ///   - only: the splits to read; nil reads all that are there.
    /// - Returns: the posts, with ``Post/Picture/imageURL`` where their pictures are found. A path that leaves the folder, by `..`, from the
    ///   root or by a link, leads to no picture; links in `images` are followed.
    /// - Throws: the first ``CorpusError``.
    public static func load(
        folder: URL, contexts: URL? = nil, images: URL? = nil, format: DatasetFormat? = nil, only: Set<Split>? = nil
    ) throws -> Dataset {
        let files = try DatasetFiles(at: folder, format: format)
        let pictures = try PictureFolder(dataset: files.folder, images: images)
        var dataset = Dataset(name: files.name, folder: files.folder, splits: [:])
        for split in Split.allCases where only?.contains(split) ?? (files.files[split] != nil) {
            let reader = try files.reader(for: split)
            var posts = try reader.posts()
            for index in posts.indices {
                dataset.resolvePictures(of: &posts[index], in: pictures)
            }
            dataset.splits[split] = posts
            dataset.findings.merge(reader.findings)
        }
        if let contexts { dataset.attach(try ContextTable(contentsOf: contexts)) }
        return dataset
    }

    private mutating func resolvePictures(of post: inout Post, in folder: PictureFolder) {
        for index in post.pictures.indices {
            post.pictures[index].imageURL = folder.url(of: post.pictures[index])
            guard post.pictures[index].imageURL == nil, let image = post.pictures[index].image else { continue }
            findings.add(.foreignPicture, at: nil, "\(image.quoted) of post \(post.id.quoted)")
        }
    }

    /// The posts of a split; none where the dataset does not have it.
    public subscript(split: Split) -> [Post] { splits[split] ?? [] }

    /// The posts of a split.
    /// - Throws: ``CorpusError/missingSplit(_:dataset:present:)``.
    public func posts(of split: Split) throws -> [Post] {
        guard let posts = splits[split] else {
            throw CorpusError.missingSplit(split, dataset: name, present: Split.allCases.filter { splits[$0] != nil })
        }
        return posts
    }

    /// The labels of the entity and relation types that occur in a split.
    public func labels(of split: Split = .train) -> LabelSet { LabelSet(posts: self[split]) }

    /// Gives every picture of a post its context, in place of any it had. Pictures without one are counted.
    mutating func attach(_ table: ContextTable) {
        findings.merge(table.findings)
        contextProvenance = table.provenance
        var attachment = ContextAttachment(table)
        for split in Split.allCases {
            guard var posts = splits[split] else { continue }
            splits[split] = nil
            for index in posts.indices { attachment.attach(to: &posts[index], at: nil, &findings) }
            splits[split] = posts
        }
    }
}

extension Dataset {
    /// Whether there is a dataset at a path, in any format: a folder with a split, or one file.
    package static func exists(at url: URL) -> Bool {
        do {
            _ = try DatasetFiles(at: url)
            return true
        } catch CorpusError.ambiguousLayout {
            return true
        } catch {
            return false
        }
    }

    /// Writes every split as JSON lines, `train.jsonl` and so on, into a folder that is made where it is absent. Where a
    /// split cannot be written, none appears.
    /// - Returns: the file of each split and its number of posts.
    /// - Throws: ``CorpusError/occupied(path:)`` for a folder that holds a dataset,
    ///   ``CorpusError/unwritable(path:reason:)``.
    public func writeJSONLines(to folder: URL) throws -> [(split: Split, file: URL, posts: Int)] {
        guard !Self.exists(at: folder) else { throw CorpusError.occupied(path: folder.relativePath) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            let status = FileStatus(of: folder)
            let reason = status.isMissing ? "the folder cannot be made" : status.problem ?? "it is not a folder"
            throw CorpusError.unwritable(path: folder.relativePath, reason: reason)
        }
        let written = try Split.allCases.compactMap { split in
            try splits[split].map { posts in
                let file = folder.appending(path: "\(split).jsonl")
                let writer = try JSONLinesWriter<Post>(file)
                for post in posts { try writer.write(post) }
                try writer.synchronize()
                return (split: split, file: file, posts: posts.count, writer: writer)
            }
        }
        // No split gets its name before all are on the disk; the last one is that which training asks for.
        for split in written.reversed() { try split.writer.finish() }
        return written.map { ($0.split, $0.file, $0.posts) }
    }
}

/// A part of a dataset: for learning, for choosing a model, or for reporting scores.
public enum Split: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable, CustomStringConvertible {
    case train, valid, test

    public var description: String { rawValue }
}
