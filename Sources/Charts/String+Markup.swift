extension String {
    /// The text for use between tags and in attributes of HTML and XML.
    ///
    /// Characters that XML does not allow, and those that turn the direction of what follows them, become U+FFFD.
    package var escapedForMarkup: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case _ where scalar.isUnfitForMarkup: result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text for use within a line of Markdown, in a cell of a table too: no markup of its own, no link, one line.
    package var escapedForMarkdown: String {
        var result = ""
        result.reserveCapacity(utf8.count)
        var (last, next): (Unicode.Scalar?, Unicode.Scalar?)
        for (index, scalar) in zip(unicodeScalars.indices, unicodeScalars) {
            let following = unicodeScalars.index(after: index)
            next = following < unicodeScalars.endIndex ? unicodeScalars[following] : nil
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "|", "~": result += "\\\(scalar)"
            // Between letters, as in names, it emphasises nothing.
            case "_": result += last.isLetterOrDigit && next.isLetterOrDigit ? "_" : "\\_"
            // What makes a link of brackets.
            case "]" where next == "(" || next == "[" || next == ":": result += "\\]"
            // What makes a link of a bare address.
            case ":" where next == "/": result += "&#58;"
            case "." where last == "w" || last == "W": result += "&#46;"
            case "@": result += "&#64;"
            case "\t", "\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}": result += " "
            case _ where scalar.isUnfitForMarkup: result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
            last = scalar
        }
        return result
    }

    /// About how wide the text is in a sans-serif font: enough to keep labels apart.
    package func estimatedWidth(fontSize: Double) -> Double {
        fontSize
            * reduce(0) { width, character in
                switch character {
                case "i", "j", "l", "t", "f", "r", "I", ".", ",", ":", ";", "'", "|", "!", " ": width + 0.4
                case "m", "w", "M", "W", "@", "%", "—": width + 0.97
                case "A"..."Z", "+", "−", "±", "=", "…": width + 0.8
                case let wide where wide.unicodeScalars.contains { $0.value >= 0x1100 }: width + 1.1
                default: width + 0.63
                }
            }
    }

    /// The text, or its beginning and an ellipsis where it is wider than there is room.
    package func shortened(toWidth width: Double, fontSize: Double) -> String {
        guard estimatedWidth(fontSize: fontSize) > width else { return self }
        var text = self
        while !text.isEmpty, (text + "…").estimatedWidth(fontSize: fontSize) > width { text.removeLast() }
        return text.trimmingSuffix(" ") + "…"
    }

    private func trimmingSuffix(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether XML does not allow the character, or it turns the direction of what follows.
    fileprivate var isUnfitForMarkup: Bool {
        switch self {
        case "\t", "\n", "\r": false
        case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": true
        default: false
        }
    }
}

extension Unicode.Scalar? {
    fileprivate var isLetterOrDigit: Bool {
        map { $0.properties.isAlphabetic || ("0"..."9").contains($0) } ?? false
    }
}
