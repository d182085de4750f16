import Foundation
import TestSupport

/// What an error may say to a user.
enum Messages {
    /// The modules whose errors may reach a user; those of libraries have to be put into words first.
    private static let rooms: Set = [
        "Support", "Torch", "Shapley", "Corpus", "Vision", "Language", "Evaluation", "Extraction", "Contexts",
        "Prediction", "Training", "Reporting", "Reproduction",
    ]
    private static let longest = 2_000

    /// What is wrong with an error that a reader throws; nil where it may be shown.
    static func fault(of error: any Error) -> String? {
        let type = String(reflecting: Swift.type(of: error))
        guard let module = type.split(separator: ".").first, rooms.contains(String(module)) else {
            return "an error of another module is thrown, \(type): \(excerpt("\(error)"))"
        }
        return fault(ofMessage: "\(error)")
    }

    /// What is wrong with a message; nil where it may be shown.
    static func fault(ofMessage message: String) -> String? {
        if let phrase = ForeignWords.phrases.first(where: message.holds) {
            return "a message says \"\(phrase)\": \(excerpt(message))"
        }
        let count = message.utf8.count
        return count < longest ? nil : "a message has more than \(longest) bytes: \(excerpt(message))"
    }

    private static func excerpt(_ text: String) -> String {
        let line = text.prefix(240).map { $0.isNewline ? " " : $0 }
        return String(line)
    }
}

extension Messages {
    /// What is wrong with a longer text that users see, such as a report; nil where it may be shown.
    static func fault(ofText text: String) -> String? {
        ForeignWords.phrases.first(where: text.holds).map { "a text says \"\($0)\": \(excerpt(text))" }
    }
}

extension String {
    /// Whether the bytes of a phrase are among those of the text. (Foundation's search costs more than most readers.)
    fileprivate func holds(_ phrase: String) -> Bool {
        var (text, phrase) = (self, phrase)
        return text.withUTF8 { text in
            phrase.withUTF8 { phrase in
                guard let words = phrase.baseAddress, text.count >= phrase.count else { return false }
                return (0...(text.count - phrase.count)).contains { place in
                    text[place] == words[0] && memcmp(text.baseAddress! + place, words, phrase.count) == 0
                }
            }
        }
    }
}
