import Support
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 (`SHA256.pdf`, `SHA2_Additional.pdf`), and a million letters.
    @Test(arguments: [
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func digestsAreThoseOfTheStandard(text: String, digest: String) {
        #expect(SHA256.digest(of: text.utf8).hexadecimal == digest)
    }

    @Test func bytesMayComeInAnyPortions() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let whole = SHA256.digest(of: bytes)
        for portion in [1, 55, 56, 63, 64, 65, 999] {
            var hash = SHA256()
            for start in stride(from: 0, to: bytes.count, by: portion) {
                hash.update(bytes[start..<min(start + portion, bytes.count)])
            }
            #expect(hash.finalize() == whole)
            var ofMemory = SHA256()
            bytes.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: portion) {
                    ofMemory.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + portion, bytes.count)]))
                }
            }
            #expect(ofMemory.finalize() == whole)
        }
        #expect(whole.bytes.count == 32)
    }
}
