/// The members and elements of the brackets in a text, found without a grammar, so that a damaged text has some too.
struct TextItems {
    /// A member of braces or an element of a list.
    struct Item {
        /// Key and value.
        let whole: Range<Int>
        /// The value alone.
        let value: Range<Int>
        /// The key with its quotation marks; nil for an element.
        let key: Range<Int>?
    }

    private(set) var items: [Item] = []

    private struct Frame {
        var itemStart: Int
        var colon: Int?
    }

    init(_ bytes: [UInt8]) {
        var frames: [Frame] = []
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                place = Self.endOfString(from: place, in: bytes)
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("): frames.append(Frame(itemStart: place + 1))
            case UInt8(ascii: ":"):
                if let last = frames.indices.last, frames[last].colon == nil { frames[last].colon = place }
            case UInt8(ascii: ","):
                if let last = frames.indices.last {
                    add(frames[last], end: place, bytes)
                    frames[last] = Frame(itemStart: place + 1)
                }
            case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ")"):
                if let frame = frames.popLast() { add(frame, end: place, bytes) }
            default: break
            }
            place += 1
        }
    }

    private mutating func add(_ frame: Frame, end: Int, _ bytes: [UInt8]) {
        let whole = Self.trimmed(frame.itemStart..<end, bytes)
        guard !whole.isEmpty else { return }
        if let colon = frame.colon {
            items.append(
                Item(
                    whole: whole, value: Self.trimmed(colon + 1..<end, bytes),
                    key: Self.trimmed(frame.itemStart..<colon, bytes)))
        } else {
            items.append(Item(whole: whole, value: whole, key: nil))
        }
    }

    private static func endOfString(from start: Int, in bytes: [UInt8]) -> Int {
        var place = start + 1
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\") {
                place += 2
            } else if bytes[place] == bytes[start] || bytes[place] == 0x0A {
                return place + 1
            } else {
                place += 1
            }
        }
        return bytes.count
    }

    private static func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x0A { start += 1 }
        while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0A { end -= 1 }
        return start..<end
    }
}
