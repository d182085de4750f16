/// Something in a dataset that its owner should know of.
public struct Finding: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind of the finding.
    public var kind: Kind
    /// The line where it was found; nil for something that a whole dataset lacks.
    public var location: SourceLocation?
    /// The case in words.
    public var detail: String

    /// Makes a finding.
    init(kind: Kind, location: SourceLocation?, detail: String) {
        self.kind = kind
        self.location = location
        self.detail = detail
    }

    public var description: String { location.map { "\($0): \(detail)" } ?? detail }

    /// The weight of a finding.
    public enum Severity: String, Sendable, Codable {
        /// The data cannot be used as it is.
        case error
        /// The data can be used, but scores on it may mislead.
        case warning
        /// Worth knowing, nothing to mend.
        case note
    }

    /// The kinds of findings.
    public enum Kind: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
        case malformedLine
        case unreadableFile
        case unreadAnnotation
        case illegalTag
        case overlappingEntities
        case blankEntity
        case splitWord
        case selfRelation
        case severalTypes
        case differingName
        case duplicateID
        case unknownField
        case emptyPost
        case blankToken
        case unnamedPicture
        case missingPicture
        case foreignPicture
        case missingContext
        case sharedPictureName
        case emptyContext
        case repeatedContext
        case leakedPost
        case leakedText
        case repeatedPost
        case repeatedRelation
        case firstVersion
        case missingSplit
        case extraColumns
        case convertedTag
        case readAnnotation
        case trimmedEntity
        case documentStart
        case comment
        case blankLine
        case replacedContext
        case unusedContext

        /// The weight of findings of the kind.
        public var severity: Severity {
            switch self {
            case .malformedLine, .unreadableFile, .unreadAnnotation: .error
            case .repeatedRelation, .firstVersion, .missingSplit, .extraColumns, .convertedTag, .readAnnotation,
                .trimmedEntity, .documentStart, .comment, .blankLine, .replacedContext, .unusedContext:
                .note
            default: .warning
            }
        }

        /// The kind in words, for a list with counts.
        public var title: String {
            switch self {
            case .malformedLine: "malformed lines"
            case .unreadableFile: "unreadable files"
            case .unreadAnnotation: "files without an entity, but with fields that look like annotations"
            case .illegalTag: "illegal BIO tags, read as the start of an entity (conlleval's rule)"
            case .overlappingEntities: "posts with overlapping entities, which BIO tags cannot express"
            case .blankEntity: "entities of white space alone, which nobody can find"
            case .splitWord: "entities that begin or end within a word, which nobody can find"
            case .selfRelation: "relations of an entity to itself"
            case .severalTypes: "pairs with relations of several types"
            case .differingName: "entity names that are not the words at their offsets, which are used"
            case .duplicateID: "ids used again within a split"
            case .unknownField: "unknown fields"
            case .emptyPost: "posts without words"
            case .blankToken: "blank tokens"
            case .unnamedPicture: "CoNLL posts without an IMGID line"
            case .missingPicture: "pictures not found on disk"
            case .foreignPicture:
                "pictures outside the dataset's folder, which are not read; put them into it, or name their folder with --images"
            case .missingContext: "pictures without a context"
            case .sharedPictureName:
                "pictures without a context, for one in another folder has their file name, by which contexts go; rename them"
            case .emptyContext: "empty contexts"
            case .repeatedContext: "pictures with several contexts, of which the last is used"
            case .leakedPost: "posts of another split again, text and picture"
            case .leakedText: "texts of another split again, with another picture"
            case .repeatedPost: "posts again within a split, text and picture"
            case .repeatedRelation: "relations named again in their post, of which one is used"
            case .firstVersion: "relations \"none\", as MNRE's version 1 writes \"None\""
            case .missingSplit: "missing splits"
            case .extraColumns: "lines with more than two columns, of which the first and last are used"
            case .convertedTag: "tags of another scheme, converted to BIO"
            case .readAnnotation: "posts with the annotation of another tool or layout, which is read"
            case .trimmedEntity: "entities with white space at an edge, which is left out"
            case .documentStart: "lines -DOCSTART-, which are no posts"
            case .comment: "comment lines, skipped"
            case .blankLine: "blank lines, skipped"
            case .replacedContext: "contexts of posts replaced by the context file's"
            case .unusedContext: "contexts of pictures that no post names"
            }
        }
    }
}

/// Counted findings, of which the first few of each kind are kept: constant memory, however bad the data.
public struct Findings: Sendable, Equatable, Codable {
    /// The number of findings of each kind.
    public private(set) var counts: [Finding.Kind: Int] = [:]
    /// The first findings of each kind, at most ``examplesPerKind``.
    public private(set) var examples: [Finding] = []

    /// The most findings of one kind that are kept.
    package static let examplesPerKind = 5

    /// Makes an empty collection.
    public init() {}

    /// Counts a finding; `detail` is worked out only where it is kept.
    mutating func add(
        _ kind: Finding.Kind, at location: @autoclosure () -> SourceLocation?, _ detail: @autoclosure () -> String
    ) {
        let count = counts[kind, default: 0]
        counts[kind] = count + 1
        if count < Self.examplesPerKind {
            examples.append(Finding(kind: kind, location: location(), detail: detail()))
        }
    }

    /// Counts the findings of another part of the data.
    mutating func merge(_ other: Findings) {
        for finding in other.examples where examples(of: finding.kind).count < Self.examplesPerKind {
            examples.append(finding)
        }
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    /// The number of findings of a kind.
    public func count(of kind: Finding.Kind) -> Int { counts[kind, default: 0] }

    /// The kept findings of a kind.
    public func examples(of kind: Finding.Kind) -> [Finding] { examples.filter { $0.kind == kind } }

    /// The number of findings of a severity.
    public func count(of severity: Finding.Severity) -> Int {
        counts.lazy.filter { $0.key.severity == severity }.reduce(0) { $0 + $1.value }
    }

    /// Errors and warnings in words, a line a kind with its first case.
    public var notes: [String] {
        (kinds(of: .error) + kinds(of: .warning)).map { kind in
            let first = examples(of: kind).first.map { ", first: \($0)" } ?? ""
            return "\(count(of: kind)) \(kind.title)\(first)"
        }
    }

    /// The kinds found of a severity, in the order of their declaration.
    func kinds(of severity: Finding.Severity) -> [Finding.Kind] {
        Finding.Kind.allCases.filter { $0.severity == severity && count(of: $0) > 0 }
    }
}
