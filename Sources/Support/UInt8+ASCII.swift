/// Characters as bytes.
extension UInt8 {
    package static let space = UInt8(ascii: " ")
    package static let tab = UInt8(ascii: "\t")
    package static let carriageReturn = UInt8(ascii: "\r")
    package static let lineFeed = UInt8(ascii: "\n")
    package static let comma = UInt8(ascii: ",")
    package static let colon = UInt8(ascii: ":")
    package static let quotationMark = UInt8(ascii: "\"")
    package static let backslash = UInt8(ascii: "\\")
    package static let openingBracket = UInt8(ascii: "[")
    package static let closingBracket = UInt8(ascii: "]")
    package static let openingBrace = UInt8(ascii: "{")
    package static let closingBrace = UInt8(ascii: "}")
}
