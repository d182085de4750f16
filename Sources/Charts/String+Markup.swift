extension String {
    /// The text for use between tags and in attributes of HTML and XML.
    ///
    /// Characters that XML does not allow become U+FFFD.
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
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
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
