import Foundation
import Testing
import Vision

@Suite("Content hashes")
struct ContentHashTests {
    /// Values of Python's mmh3 5.2: `mmh3.hash64(bytes, 0, True, signed=False)`.
    private static let vectors: [(bytes: [UInt8], hash: String)] = [
        ([], "00000000000000000000000000000000"),
        (Array("a".utf8), "85555565f6597889e6b53a48510e895a"),
        (Array("hello world".utf8), "533f6046eb7f610eab97467d60eb63b1"),
        (Array(0...255), "1c99c313dc6f12b970d6077fab34cc1e"),
        ((0..<1003).map { UInt8($0 * 7 % 256) }, "cf82dfe7d8facb02676d99a81bf659fd"),
    ]

    @Test("Hashes are MurmurHash3_x64_128's")
    func vectors() {
        for (bytes, hash) in Self.vectors {
            #expect(ContentHash(of: Data(bytes)).description == hash)
            #expect(ContentHash(of: bytes).description == hash)
        }
    }

    @Test("Every bit counts")
    func sensitivity() {
        let bytes = [UInt8](repeating: 0, count: 40)
        var seen: Set = [ContentHash(of: bytes)]
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(seen.insert(ContentHash(of: changed)).inserted)
        }
        #expect(seen.insert(ContentHash(of: bytes + [0])).inserted)
    }
}
