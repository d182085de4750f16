/// Faces and hearts drawn with punctuation marks.
enum Emoticon {
    /// The emoticons that begin with a character, longest first.
    static let byFirst: [Character: [[Character]]] = Dictionary(grouping: all.map(Array.init), by: { $0[0] })
        .mapValues { $0.sorted { $0.count > $1.count } }

    private static let all: [String] =
        faces + [
            "<3", "</3", "xD", "XD", "xP", "XP", "D:", "^_^", "^^", "-_-", "~_~", "o_o", "O_O", "o_O", "O_o", "T_T",
            ">_<",
            ">:(", ">:)", ":'(", ":')", ":’(", ":’)", "\\o/", "(:", "):", "¯\\_(ツ)_/¯",
        ]

    /// Eyes, perhaps a nose, and a mouth.
    private static let faces: [String] = [":", ";", "="].flatMap { eyes in
        ["", "-"].flatMap { nose in
            [")", "(", "]", "[", "D", "P", "p", "/", "\\", "|", "*", "O", "o", "3"].map { eyes + nose + $0 }
        }
    }
}
