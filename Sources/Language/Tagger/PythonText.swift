/// Properties of words as Python's `str` defines them; spaCy's attributes are made of these.
///
/// They speak of Unicode scalars, not of characters that a reader sees.
package enum PythonText {
    /// `str.lower()`: full Unicode lower case, with the final form of sigma at the end of a word.
    package static func lowercased(_ word: String) -> String {
        let scalars = Array(word.unicodeScalars)
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if scalar == "Σ" {
                result.append(isFinalSigma(at: index, in: scalars) ? "ς" : "σ")
            } else {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { result.append(lower) }
            }
        }
        return String(result)
    }

    /// `str.isspace()`: whether there are scalars and all are white space.
    package static func isSpace(_ word: String) -> Bool {
        !word.isEmpty
            && word.unicodeScalars.allSatisfy { $0.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains($0) }
    }

    /// spaCy's shape of a word: letters as `X` or `x`, digits as `d`, at most four of a kind in a row.
    package static func shape(of word: String) -> String {
        let scalars = word.unicodeScalars
        if scalars.count >= 100 { return "LONG" }
        var shape = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        var run = 0
        for scalar in scalars {
            let symbol = shapeSymbol(of: scalar)
            run = symbol == last ? run + 1 : 1
            last = symbol
            if run <= 4 { shape.append(symbol) }
        }
        return String(shape)
    }

    private static func shapeSymbol(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return properties.isUppercase ? "X" : "x"
        default:
            let isDigit = properties.numericType == .decimal || properties.numericType == .digit
            return isDigit ? "d" : scalar
        }
    }

    /// The condition Final_Sigma of the Unicode standard (section 3.13, table 3-17).
    private static func isFinalSigma(at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        func isCased(_ neighbours: some Sequence<Unicode.Scalar>) -> Bool {
            neighbours.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
        }
        return isCased(scalars[..<index].reversed()) && !isCased(scalars[(index + 1)...])
    }
}
