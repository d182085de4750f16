extension StringProtocol {
    /// Whether the string is empty or nothing but white space.
    var isBlank: Bool {
        let startsWithVisibleASCII = utf8.first.map { (0x21..<0x7F).contains($0) } ?? false
        return !startsWithVisibleASCII && allSatisfy(\.isWhitespace)
    }

    /// The string; nil where it is blank.
    var unlessBlank: Self? { isBlank ? nil : self }

    /// The string in quotation marks for a message: control characters escaped, cut after 60 characters.
    var quoted: String {
        let shown = prefix(60)
        return (shown.endIndex == endIndex ? String(shown) : shown + "…").debugDescription
    }
}
