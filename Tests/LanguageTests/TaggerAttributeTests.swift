import Language
import TestSupport
import Testing

/// Everything that the tagger looks at in a word, against spaCy, thinc and Python.
struct TaggerAttributeTests {
    private let oracle: TaggerOracle

    init() throws {
        oracle = try TaggerOracle.load()
    }

    @Test func attributesAreSpaCys() throws {
        let attributes = try PartOfSpeechTagger(folder: ModelCache.tagger).lexicalAttributes
        let names: [LexicalAttributes.Attribute] = [.norm, .prefix, .suffix, .shape, .followedBySpace, .isSpace]
        #expect(oracle.attributes.count > 200)
        for (word, values) in oracle.attributes.map({ ($0.word, $0.values) }) {
            #expect(names.map { String(attributes.value(of: $0, for: word)) } == values, "\(word.debugDescription)")
        }
    }

    @Test func emptyWordHasNoStrings() {
        let attributes = LexicalAttributes(reservedStrings: [:], norms: [:])
        let strings: [LexicalAttributes.Attribute] = [.norm, .prefix, .suffix, .shape, .isSpace]
        #expect(strings.allSatisfy { attributes.value(of: $0, for: "") == 0 })
    }

    @Test func embeddingRowsAreThincs() {
        for hash in oracle.hashes {
            #expect(MurmurHash.hash128(UInt64(hash.key) ?? 0, seed: hash.seed) == hash.rows)
        }
    }

    /// Lower case, shape and white space of every scalar that Unicode 14, the oracle's version, assigns.
    @Test func scalarsAreWhatPythonTakesThemFor() {
        var different: [String] = []
        for start in stride(from: 0, through: 0x10FFFF, by: 0x1000) {
            var digest = FNV1a()
            var isEmpty = true
            for scalar in (UInt32(start)..<UInt32(start) + 0x1000).compactMap(Unicode.Scalar.init)
            where isAssigned(scalar) {
                isEmpty = false
                let word = String(scalar)
                let space = PythonText.isSpace(word) ? " " : ""
                let text = PythonText.lowercased(word) + PythonText.shape(of: word) + space
                for number in text.unicodeScalars.map(\.value) + [0] { digest.update(Int32(number)) }
            }
            let name = String(start, radix: 16, uppercase: true)
            let expected = oracle.unicode[name]
            if isEmpty ? expected != nil : expected != String(digest.value) { different.append(name) }
        }
        #expect(different == [])
    }

    private func isAssigned(_ scalar: Unicode.Scalar) -> Bool {
        guard let age = scalar.properties.age, age.major <= 14 else { return false }
        return ![.unassigned, .surrogate, .privateUse].contains(scalar.properties.generalCategory)
    }
}
