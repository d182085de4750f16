extension StringProtocol {
    /// The string in quotation marks for a message: control characters escaped, cut after 60 characters.
    package var quoted: String { shortened.debugDescription }

    /// The beginning of the string for a message, whose length nobody vouches for: 60 characters, of which none may have
    /// marks without end.
    package var shortened: String {
        let shown = String(String.UnicodeScalarView(unicodeScalars.prefix(240)).prefix(60))
        return shown.unicodeScalars.count == unicodeScalars.count ? shown : shown + "…"
    }
}

extension String {
    /// The text as a terminal may show it, where some of it was written elsewhere: control characters, and format
    /// characters such as those that turn the direction of writing, are spaces.
    ///
    /// Line feeds and tabs stay, and so do the format characters of which letters and emoji are made: joiners and tags.
    package var printable: String {
        guard unicodeScalars.contains(where: { !$0.isPrintable }) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isPrintable ? $0 : " " }))
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        if (0x20..<0x7F).contains(value) { return true }
        return switch properties.generalCategory {
        case .control: self == "\n" || self == "\t"
        case .format: self == "\u{200C}" || self == "\u{200D}" || (0xE0020...0xE007F).contains(value)
        default: true
        }
    }
}
