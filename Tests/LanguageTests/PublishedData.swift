import Foundation
import TestSupport

/// The words of the published data sets' posts, read by means as simple as possible.
enum PublishedData {
    /// Twitter-15 or Twitter-17: a word a line, `IMGID:` before each post.
    static func conll(_ name: String) throws -> [[String]] {
        var posts: [[String]] = []
        for split in ["train", "valid", "test"] {
            let text = try String(contentsOf: DataFolder["\(name)/\(split).txt"], encoding: .utf8)
            for line in text.split(separator: "\n") {
                if line.hasPrefix("IMGID:") {
                    posts.append([])
                } else if let word = line.split(separator: "\t", omittingEmptySubsequences: false).first,
                    line.contains(where: { !$0.isWhitespace })
                {
                    posts[posts.count - 1].append(String(word))
                }
            }
        }
        return posts
    }

    /// MNRE: a Python dictionary a line, of which `token` is a list of strings in either kind of quotes.
    static func mnre() throws -> [[String]] {
        var posts: [[String]] = []
        for split in ["train", "val", "test"] {
            let text = try String(contentsOf: DataFolder["mnre/mnre_\(split).txt"], encoding: .utf8)
            for line in text.split(separator: "\n") { posts.append(words(ofDictionary: line)) }
        }
        return posts
    }

    /// The posts of any of the sets.
    static func posts(_ name: String) throws -> [[String]] {
        switch name {
        case "mnre": try mnre()
        case "twitter2015", "twitter2017": try conll(name)
        default: try columns("open/\(name)")
        }
    }

    /// The first column of files of sentences with blank lines between them.
    private static func columns(_ folder: String) throws -> [[String]] {
        var posts: [[String]] = []
        for split in ["train", "valid", "test"] {
            let text = try String(contentsOf: DataFolder["\(folder)/\(split).txt"], encoding: .utf8)
            var post: [String] = []
            let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            for line in lines + [String.UnicodeScalarView.SubSequence()] {
                let word = String(line.prefix { $0 != "\t" && $0 != " " })
                if !word.isEmpty {
                    post.append(word)
                } else if !post.isEmpty {
                    posts.append(post)
                    post = []
                }
            }
        }
        return posts
    }

    private static func words(ofDictionary line: Substring) -> [String] {
        guard let list = line.firstRange(of: "'token': [") else { return [] }
        var words: [String] = []
        var rest = line[list.upperBound...]
        while let quote = rest.popFirst(), quote != "]" {
            guard quote == "'" || quote == "\"" else { continue }
            var word = ""
            while let character = rest.popFirst(), character != quote {
                word.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
            }
            words.append(word)
        }
        return words
    }
}
