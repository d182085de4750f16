/// Several files as one input: each begins with a line that names it.
struct FileBundle {
    var files: [(name: String, content: [UInt8])] = []

    private static let mark = Array("\u{1}\u{1}FILE ".utf8)

    init(_ files: [(name: String, content: [UInt8])]) { self.files = files }

    /// Takes an input apart; bytes before the first name belong to no file.
    init(_ input: [UInt8]) {
        var begins: [Int] = []
        var place = 0
        while place + Self.mark.count <= input.count {
            if input[place] == Self.mark[0], input[place..<(place + Self.mark.count)].elementsEqual(Self.mark) {
                begins.append(place)
                place += Self.mark.count
            } else {
                place += 1
            }
        }
        for (begin, end) in zip(begins, begins.dropFirst() + [input.count]) {
            let start = begin + Self.mark.count
            let lineEnd = input[start..<end].firstIndex(of: 0x0A) ?? end
            let name = String(decoding: input[start..<lineEnd], as: UTF8.self)
            files.append((name, Array(input[min(lineEnd + 1, end)..<end])))
        }
    }

    /// Whether an input holds several files.
    static func isBeginning(of input: [UInt8]) -> Bool { input.starts(with: mark) }

    /// All files as one input.
    var bytes: [UInt8] { files.flatMap { Self.mark + Array($0.name.utf8) + [0x0A] + $0.content } }

    /// The last file of that name; nil where there is none.
    subscript(name: String) -> [UInt8]? { files.last { $0.name == name }?.content }
}
