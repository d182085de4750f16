import Foundation

/// Annotated posts in their splits.
public struct Dataset: Sendable {
    /// The dataset's name.
    public var name: String
    /// The folder that the dataset was read from.
    public var folder: URL
    /// Where the pictures lie.
    private let pictures: PictureFolder?
    /// The posts of each split that is there.
    public var splits: [Split: [Post]]
    /// What was odd in the files.
    public var findings: Findings
    /// Where attached contexts come from, as the header of their file says.
    public private(set) var contextProvenance: [String: String] = [:]

    /// Makes a dataset of posts in memory.
    public init(
        name: String, folder: URL, pictures: PictureFolder? = nil, splits: [Split: [Post]],
        findings: Findings = Findings()
    ) {
        self.name = name
        self.folder = folder
        self.pictures = pictures
        self.splits = splits
        self.findings = findings
    }

    /// Reads a dataset, whatever its layout.
    /// - Parameters:
    ///   - folder: a folder of splits, or one file.
    ///   - contexts: a context file, see ``ContextTable``.
    ///   - images: the folder of the pictures where they do not lie with the dataset, see ``PictureFolder``.
    ///   - only: the splits to read; nil reads all that are there.
    /// - Throws: the first ``CorpusError``.
    public static func load(
        folder: URL, contexts: URL? = nil, images: URL? = nil, only: Set<Split>? = nil
    ) throws -> Dataset {
        let files = try DatasetFiles(at: folder)
        var dataset = Dataset(
            name: files.name, folder: files.folder,
            pictures: try PictureFolder(dataset: files.folder, images: images), splits: [:])
        for split in Split.allCases where only?.contains(split) ?? (files.files[split] != nil) {
            let reader = try files.reader(for: split)
            dataset.splits[split] = try reader.posts()
            dataset.findings.merge(reader.findings)
        }
        if let contexts { dataset.attach(try ContextTable(contentsOf: contexts)) }
        return dataset
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

    /// Where the picture of a post lies; nil where the post names none.
    public func imageURL(of post: Post) -> URL? {
        if let pictures { pictures.url(of: post) } else { post.imageURL(in: folder) }
    }

    /// The labels of the entity and relation types that occur in a split.
    public func labels(of split: Split = .train) -> LabelSet { LabelSet(posts: self[split]) }

    /// Gives every post the context of its picture, in place of any it had. Pictures without one are counted.
    public mutating func attach(_ table: ContextTable) {
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

    /// The dataset with entity types renamed, for example `["OTHER": "MISC"]` for the transfer between Twitter-2015
    /// and Twitter-2017; types not named stay.
    public func renamingTypes(_ names: [String: String]) -> Dataset {
        var renamed = self
        renamed.splits = splits.mapValues { posts in
            posts.map { post in
                var post = post
                for index in post.entities.indices {
                    post.entities[index].type = names[post.entities[index].type] ?? post.entities[index].type
                }
                return post
            }
        }
        return renamed
    }
}

/// A part of a dataset: what is learnt from, what is chosen by, what is reported.
public enum Split: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable, CustomStringConvertible {
    case train, valid, test

    public var description: String { rawValue }
}
