/// Counted findings, of which the first few of each kind are kept: constant memory, however bad the data.
public struct Findings: Sendable, Equatable, Codable {
    /// How often each kind was found.
    public private(set) var counts: [Finding.Kind: Int] = [:]
    /// The first findings of each kind, at most ``examplesPerKind``.
    public private(set) var examples: [Finding] = []

    /// How many findings of one kind are kept.
    public static let examplesPerKind = 5

    /// Makes an empty collection.
    public init() {}

    /// Counts a finding; `detail` is worked out only where it is kept.
    public mutating func add(
        _ kind: Finding.Kind, at location: @autoclosure () -> SourceLocation?, _ detail: @autoclosure () -> String
    ) {
        let count = counts[kind, default: 0]
        counts[kind] = count + 1
        if count < Self.examplesPerKind {
            examples.append(Finding(kind: kind, location: location(), detail: detail()))
        }
    }

    /// Counts the findings of another part of the data.
    public mutating func merge(_ other: Findings) {
        for finding in other.examples where examples(of: finding.kind).count < Self.examplesPerKind {
            examples.append(finding)
        }
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    /// How often a kind was found.
    public func count(of kind: Finding.Kind) -> Int { counts[kind, default: 0] }

    /// The kept findings of a kind.
    public func examples(of kind: Finding.Kind) -> [Finding] { examples.filter { $0.kind == kind } }

    /// How many findings of a severity there are.
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
    public func kinds(of severity: Finding.Severity) -> [Finding.Kind] {
        Finding.Kind.allCases.filter { $0.severity == severity && count(of: $0) > 0 }
    }
}
