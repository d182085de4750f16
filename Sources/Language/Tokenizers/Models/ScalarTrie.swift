/// A set of scalar sequences with ids, as a tree of their prefixes.
struct ScalarTrie: Sendable {
    /// The node of the empty prefix.
    static let root = 0

    private var children: NumberTable
    private var ids: [Int32] = [-1]

    /// An empty trie.
    /// - Parameter capacity: the number of sequences to make room for.
    init(capacity: Int = 0) {
        children = NumberTable(capacity: 3 * capacity)
    }

    /// Whether there is no sequence.
    var isEmpty: Bool { ids.count == 1 }

    /// Adds a sequence; one that is already there gets the new id.
    mutating func insert(_ scalars: some Sequence<UInt32>, id: Int) {
        var node = Self.root
        for scalar in scalars {
            if let child = child(of: node, by: scalar) {
                node = child
            } else {
                children[Self.key(node, scalar)] = UInt64(ids.count)
                node = ids.count
                ids.append(-1)
            }
        }
        ids[node] = Int32(id)
    }

    /// The node of the prefix that one more scalar makes; nil where no sequence begins so.
    func child(of node: Int, by scalar: UInt32) -> Int? {
        children[Self.key(node, scalar)].map { Int(truncatingIfNeeded: $0) }
    }

    /// The id of the sequence that ends at a node; nil where none does.
    func id(at node: Int) -> Int? {
        let id = ids[node]
        return id >= 0 ? Int(id) : nil
    }

    /// The node behind some scalars.
    func node(after scalars: some Sequence<UInt32>, from start: Int = root) -> Int? {
        var node = start
        for scalar in scalars {
            guard let child = child(of: node, by: scalar) else { return nil }
            node = child
        }
        return node
    }

    /// The id of a sequence.
    func id(of scalars: some Sequence<UInt32>) -> Int? { node(after: scalars).flatMap(id) }

    /// The id of a string's scalars.
    func id(of string: String) -> Int? { id(of: string.scalarValues) }

    /// The longest sequence that begins a part of a text.
    func longestMatch(in text: [UInt32], _ range: Range<Int>, from start: Int = root) -> (id: Int, end: Int)? {
        var (node, position) = (start, range.lowerBound)
        var match: (id: Int, end: Int)?
        while position < range.upperBound, let child = child(of: node, by: text[position]) {
            (node, position) = (child, position + 1)
            if let id = id(at: node) { match = (id, position) }
        }
        return match
    }

    /// All scalars that sequences are made of.
    var scalars: Set<UInt32> { Set(children.keys.map { UInt32(truncatingIfNeeded: $0) }) }

    private static func key(_ node: Int, _ scalar: UInt32) -> UInt64 { UInt64(node) << 32 | UInt64(scalar) }
}

extension String {
    /// The numbers of the string's Unicode scalars.
    var scalarValues: [UInt32] { unicodeScalars.map(\.value) }
}
