extension FuzzTarget {
    /// A reader that does not survive an exclamation mark and tells of a question mark in words that nobody should see, by
    /// which the tests try the fuzzer itself. It is neither listed nor one of all.
    static let faulty = FuzzTarget(
        name: "faulty", about: "a reader with faults, to try the fuzzer", seeds: { [Array("Anna flew to Paris".utf8)] },
        dictionary: ["?", "?", "?", "!"],
        attempt: { input, _ in
            if input.contains(UInt8(ascii: "!")) { fatalError("an exclamation mark") }
            if input.contains(UInt8(ascii: "?")) {
                throw Fault("a question mark: \(String(decoding: input, as: UTF8.self))")
            }
        })
}
