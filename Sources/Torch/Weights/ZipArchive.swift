import Support

/// The entries of a zip archive that holds them uncompressed, as PyTorch writes it (zip64 included).
///
/// Whatever is compressed, encrypted, split over volumes or overlapping is refused, so that no entry can be larger than
/// the file is. Layout: APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
struct ZipArchive {
    /// The path of the archive, for errors.
    let file: String
    /// The place of each entry's bytes in the file.
    private(set) var entries: [String: Range<Int>] = [:]

    private let bytes: UnsafeRawBufferPointer

    private static let localHeaderSignature: UInt32 = 0x0403_4b50
    private static let directorySignature: UInt32 = 0x0201_4b50
    private static let endSignature: UInt32 = 0x0605_4b50
    private static let end64Signature: UInt32 = 0x0606_4b50
    private static let locator64Signature: UInt32 = 0x0706_4b50

    /// Whether a file's bytes begin as an archive's do.
    static func isBeginning(of bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 4 && UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) == localHeaderSignature
    }

    /// Reads the central directory of the archive `bytes` and checks it against every local header.
    init(_ bytes: UnsafeRawBufferPointer, in file: String) throws {
        self.file = file
        self.bytes = bytes
        let directory = try findDirectory()
        var reader = ByteReader(bytes, of: "the zip directory", in: file)
        try reader.move(to: directory.offset)
        var occupied: [Range<Int>] = []
        for _ in 0..<directory.count {
            let entry = try DirectoryEntry(&reader)
            let range = try dataRange(of: entry)
            guard range.upperBound <= directory.offset else {
                throw reader.malformed("\(entry.name.quoted) reaches into the directory")
            }
            guard entries.updateValue(range, forKey: entry.name) == nil else {
                throw reader.malformed("\(entry.name.quoted) occurs twice")
            }
            occupied.append(entry.headerOffset..<range.upperBound)
        }
        occupied.sort { $0.lowerBound < $1.lowerBound }
        for (range, following) in zip(occupied, occupied.dropFirst()) where range.upperBound > following.lowerBound {
            throw reader.malformed("two entries share the bytes from \(following.lowerBound)")
        }
    }

    /// The bytes of an entry, without a copy; nil where there is none of that name.
    subscript(name: String) -> UnsafeRawBufferPointer? {
        entries[name].map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    }

    /// Finds the end record, which only a comment of at most 65,535 bytes may follow, and what it says of the
    /// directory.
    private func findDirectory() throws -> (offset: Int, count: Int) {
        var reader = ByteReader(bytes, of: "the zip end record", in: file)
        let fixedCount = 22
        for distance in fixedCount...(fixedCount + Int(UInt16.max)) where distance <= bytes.count {
            try reader.move(to: bytes.count - distance)
            guard try reader.integer(UInt32.self) == Self.endSignature else { continue }
            _ = try reader.take(6)
            let count = Int(try reader.integer(UInt16.self))
            _ = try reader.take(4)
            let offset = Int(try reader.integer(UInt32.self))
            guard Int(try reader.integer(UInt16.self)) == distance - fixedCount else { continue }
            let isLarge = count == UInt16.max || offset == UInt32.max
            return try isLarge ? findDirectory64(before: bytes.count - distance) : (offset, count)
        }
        throw reader.malformed("there is none, so the end of the file is missing")
    }

    private func findDirectory64(before end: Int) throws -> (offset: Int, count: Int) {
        var reader = ByteReader(bytes, of: "the zip64 end record", in: file)
        try reader.move(to: end - 20)
        guard try reader.integer(UInt32.self) == Self.locator64Signature else {
            throw reader.malformed("its locator is missing")
        }
        _ = try reader.take(4)
        try reader.move(to: try reader.size())
        guard try reader.integer(UInt32.self) == Self.end64Signature else { throw reader.malformed("it is missing") }
        _ = try reader.take(28)
        let count = try reader.size()
        _ = try reader.take(8)
        let offset = try reader.size()
        guard count <= bytes.count / DirectoryEntry.minimumByteCount else {
            throw reader.malformed("\(count) entries are announced, which is more than fit")
        }
        return (offset, count)
    }

    /// Reads the local header of an entry and returns where its bytes are.
    private func dataRange(of entry: DirectoryEntry) throws -> Range<Int> {
        var reader = ByteReader(bytes, of: "the zip entry \(entry.name.quoted)", in: file)
        try reader.move(to: entry.headerOffset)
        guard try reader.integer(UInt32.self) == Self.localHeaderSignature else {
            throw reader.malformed("its header is missing")
        }
        _ = try reader.take(22)
        let nameCount = Int(try reader.integer(UInt16.self))
        let extraCount = Int(try reader.integer(UInt16.self))
        guard try reader.text(nameCount) == entry.name else { throw reader.malformed("its header has another name") }
        _ = try reader.take(extraCount)
        let start = reader.offset
        _ = try reader.take(entry.byteCount)
        return start..<reader.offset
    }

    /// One record of the central directory.
    private struct DirectoryEntry {
        static let minimumByteCount = 46

        let name: String
        let byteCount: Int
        let headerOffset: Int

        init(_ reader: inout ByteReader) throws {
            guard try reader.integer(UInt32.self) == ZipArchive.directorySignature else {
                throw reader.malformed("a record is missing")
            }
            _ = try reader.take(4)
            let flags = try reader.integer(UInt16.self)
            let method = try reader.integer(UInt16.self)
            _ = try reader.take(8)
            let compressedCount = try reader.integer(UInt32.self)
            let plainCount = try reader.integer(UInt32.self)
            let nameCount = Int(try reader.integer(UInt16.self))
            let extraCount = Int(try reader.integer(UInt16.self))
            let commentCount = Int(try reader.integer(UInt16.self))
            _ = try reader.take(8)
            let offset = try reader.integer(UInt32.self)
            name = try reader.text(nameCount)
            var extra = ByteReader(try reader.take(extraCount), of: reader.part, in: reader.file)
            _ = try reader.take(commentCount)

            let encryption: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
            guard flags & encryption == 0 else {
                throw WeightsError.unsupported(file: reader.file, feature: "encryption (of \(name.quoted))")
            }
            guard method == 0 else {
                throw WeightsError.unsupported(file: reader.file, feature: "zip compression (of \(name.quoted))")
            }
            // The 64-bit field holds, in this order, those values that are too large for their 32 bits.
            let large = try Self.zip64Field(in: &extra)
            var field = ByteReader(large, of: "the zip64 field of \(name.quoted)", in: reader.file)
            byteCount = plainCount == UInt32.max ? try field.size() : Int(plainCount)
            let storedCount = compressedCount == UInt32.max ? try field.size() : Int(compressedCount)
            headerOffset = offset == UInt32.max ? try field.size() : Int(offset)
            guard byteCount == storedCount else { throw reader.malformed("\(name.quoted) has two different sizes") }
        }

        private static func zip64Field(in extra: inout ByteReader) throws -> UnsafeRawBufferPointer {
            while extra.remaining >= 4 {
                let kind = try extra.integer(UInt16.self)
                let field = try extra.take(Int(try extra.integer(UInt16.self)))
                if kind == 1 { return field }
            }
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }
}
