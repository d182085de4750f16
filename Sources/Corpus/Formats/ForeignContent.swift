/// What a file holds instead of UTF-8 text, told by its first bytes.
enum ForeignContent: CaseIterable {
    case gzip, zstd, xz, bzip2, zip, utf16, utf16BigEndian

    /// The content whose mark some bytes begin with; nil where they begin with none.
    init?(of bytes: some Sequence<UInt8>) {
        let content = Self.allCases.first { content in bytes.starts(with: content.mark) { $1 == nil || $0 == $1 } }
        guard let content else { return nil }
        self = content
    }

    /// The content that the extension of a file promises; nil for another extension.
    init?(pathExtension: String) {
        switch pathExtension.lowercased() {
        case "gzip", "tgz": self = .gzip
        case "zst", "zstd": self = .zstd
        case "xz": self = .xz
        case "bz2": self = .bzip2
        case "zip": self = .zip
        default: return nil
        }
    }

    /// The first bytes, where nil is any one.
    private var mark: [UInt8?] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A]
        case .bzip2: [0x42, 0x5A, 0x68, nil, 0x31, 0x41, 0x59]
        case .zip: [0x50, 0x4B, 0x03, 0x04]
        case .utf16: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        }
    }

    /// The content of a file in words, and what to do with it.
    func problem(of file: String) -> String {
        switch self {
        case .gzip: "this is compressed with gzip; unpack it: gzip -dc '\(file)' > plain"
        case .zstd: "this is compressed with zstd; unpack it: zstd -dc '\(file)' > plain"
        case .xz: "this is compressed with xz; unpack it: xz -dc '\(file)' > plain"
        case .bzip2: "this is compressed with bzip2; unpack it: bzip2 -dc '\(file)' > plain"
        case .zip: "this is a zip archive; unpack it: unzip '\(file)'"
        case .utf16, .utf16BigEndian: "this is UTF-16; save the file as UTF-8"
        }
    }
}
