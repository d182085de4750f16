/// The windows in which a text is read that is longer than a model reads at once.
///
/// A window is a run of whole words, and the next one reads half of it again. What stands around the text, special tokens and the
/// context, stands around each window. A word's states come from the window in which it stands farthest from a cut.
package struct TextWindows: Sendable, Equatable {
    /// A part of the text.
    package struct Window: Sendable, Equatable {
        /// The pieces of the text that are read.
        package var pieces: Range<Int>
        /// Those whose states are taken from here.
        package var owned: Range<Int>
    }

    /// The windows in order; the pieces that they own are those of the text.
    package let windows: [Window]

    /// Cuts a text.
    /// - Parameters:
    ///   - words: the number of pieces of each word, from 1 to `room`.
    ///   - room: the most pieces of text in a window.
    package init(words: [Int], room: Int) {
        let bounds = words.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        var runs = [Self.run(from: 0, bounds, room)]
        while let last = runs.last, last.upperBound < words.count {
            let reread = bounds[last.upperBound] - room / 2
            let next = (last.lowerBound + 1..<last.upperBound).first { bounds[$0] >= reread } ?? last.upperBound
            runs.append(Self.run(from: next, bounds, room))
        }
        // The last window is as long as the others.
        if runs.count > 1, let last = runs.last {
            let earliest = (runs[runs.count - 2].lowerBound + 1...last.lowerBound).first {
                bounds[words.count] - bounds[$0] <= room
            }
            runs[runs.count - 1] = (earliest ?? last.lowerBound)..<words.count
        }
        var cut = 0
        windows = runs.indices.map { index in
            let (run, start) = (runs[index], cut)
            cut =
                index + 1 < runs.count
                ? max(start, Self.border(between: run, and: runs[index + 1], bounds)) : words.count
            return Window(
                pieces: bounds[run.lowerBound]..<bounds[run.upperBound], owned: bounds[start]..<bounds[cut])
        }
    }

    /// As many words as fit, one at least.
    private static func run(from start: Int, _ bounds: [Int], _ room: Int) -> Range<Int> {
        var end = start + 1
        while end + 1 < bounds.count, bounds[end + 1] - bounds[start] <= room { end += 1 }
        return start..<min(end, bounds.count - 1)
    }

    /// The first word that stands farther from the cut before it in the second window than from that behind it in the first.
    private static func border(between first: Range<Int>, and second: Range<Int>, _ bounds: [Int]) -> Int {
        (second.lowerBound..<max(second.lowerBound, first.upperBound)).first { word in
            bounds[word] - bounds[second.lowerBound] > bounds[first.upperBound] - bounds[word + 1]
        } ?? first.upperBound
    }
}
