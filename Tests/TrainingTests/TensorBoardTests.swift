import Foundation
import TestSupport
import Testing
import Training

@Suite("TensorBoard's event files")
struct TensorBoardTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
    }

    private func step(_ number: Int, loss: Double = 1.5, picture: Double? = nil) throws -> Metrics {
        let picture = picture.map { "\"picture\":\($0)," } ?? ""
        let json = """
            {"step":\(number),"epoch":0,"loss":\(loss),"task":1.25,"text":-0.5,\(picture)"textCosines":{"own":0.5,"others":-0.25},\
            "gradientNorm":0.75,"rateFactor":0.125}
            """
        return try JSONDecoder().decode(Metrics.self, from: Data(json.utf8))
    }

    private func epoch(after step: Int) throws -> Metrics {
        let json = """
            {"step":\(step),"epoch":0,"loss":1.5,"validation":{"gold":4,"predicted":2,"correct":1},\
            "trainingSeconds":1,"validationSeconds":2,"postsPerSecond":300.5}
            """
        return try JSONDecoder().decode(Metrics.self, from: Data(json.utf8))
    }

    private let stepScalars: [String: Float] = [
        "loss/total": 1.5, "loss/task": 1.25, "loss/text": -0.5,
        "cosine/text, own pairs": 0.5, "cosine/text, other pairs": -0.25, "training/gradientNorm": 0.75,
        "training/rateFactor": 0.125,
    ]
    private let epochScalars: [String: Float] = [
        "validation/f1": Float(1.0 / 3), "validation/precision": 0.5, "validation/recall": 0.25,
        "training/postsPerSecond": 300.5,
    ]

    @Test(
        "The checksum is CRC-32C",
        arguments: [
            ([UInt8]("123456789".utf8), 0xe306_9283),
            ([], 0),
            // RFC 3720, B.4
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            ([UInt8](0..<32), 0x46dd_794e),
            ([UInt8]((0..<32).reversed()), 0x113f_db5c),
        ] as [([UInt8], UInt32)])
    func checksum(bytes: [UInt8], expected: UInt32) {
        #expect(RecordCRC.checksum(of: bytes) == expected)
    }

    @Test("A checksum is stored turned by fifteen bits and shifted by a constant")
    func mask() {
        #expect(RecordCRC.masked(0) == 0xa282_ead8)
        #expect(RecordCRC.masked(0x0000_8000) == 0xa282_ead9)
        #expect(RecordCRC.masked(0xffff_ffff) == 0xa282_ead7)
    }

    @Test("A file begins with the record of its version")
    func framing() throws {
        let data = try Data(contentsOf: TensorBoardWriter(folder: scratch.url).url)
        let message = [UInt8](data.dropFirst(12).dropLast(4))
        #expect(Array(data.prefix(8)) == [UInt8(message.count), 0, 0, 0, 0, 0, 0, 0])
        #expect(message.first == 0x09)
        #expect(Array(message[9...]) == [0x10, 0, 0x1a, 13] + Array("brain.Event:2".utf8))
        let event = try #require(try EventFile(data).events.first)
        #expect(abs(event.wallTime - Date().timeIntervalSince1970) < 60)
    }

    @Test("Steps and epochs come back, without the terms that a batch did not have")
    func scalars() throws {
        let writer = try TensorBoardWriter(folder: scratch.url)
        let metrics = [try step(1), try step(300, picture: 0.25), try epoch(after: 300)]
        for metrics in metrics { try writer.write(metrics) }
        let events = try EventFile(Data(contentsOf: writer.url)).events
        #expect(events.map(\.step) == [0, 1, 300, 300])
        #expect(events.map(\.version) == ["brain.Event:2", nil, nil, nil])
        #expect(events.allSatisfy { $0.sessionStatus == nil })
        let both = stepScalars.merging(["loss/picture": 0.25]) { $1 }
        #expect(events.map(\.scalars) == [[:], stepScalars, both, epochScalars])
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.wallTime <= $1.wallTime })
    }

    @Test("Hidden pictures, and what the alignment reaches on the validation split, are shown where they are told")
    func alignment() throws {
        let writer = try TensorBoardWriter(folder: scratch.url)
        let lines = [
            """
            {"step":1,"epoch":0,"loss":2,"task":1,"hiddenPicture":0.5,"gradientNorm":1,"rateFactor":1}
            """,
            """
            {"step":1,"epoch":0,"loss":2,"validation":{"gold":4,"predicted":2,"correct":1},"trainingSeconds":1,\
            "validationSeconds":2,"postsPerSecond":3,"alignment":{"text":{"own":0.75,"others":0.25,"top1":0.5,\
            "swapped":0.625},"picture":{"own":0.5,"others":-0.5,"top1":1}}}
            """,
        ]
        for line in lines { try writer.write(JSONDecoder().decode(Metrics.self, from: Data(line.utf8))) }
        let scalars = try EventFile(Data(contentsOf: writer.url)).events.map(\.scalars)
        #expect(scalars.count == 3 && scalars[1]["loss/hidden pictures"] == 0.5)
        let alignment = scalars[2].filter { $0.key.hasPrefix("alignment/") }
        let expected: [String: Float] = [
            "alignment/text, own pairs": 0.75, "alignment/text, other pairs": 0.25,
            "alignment/text, swapped contexts": 0.625, "alignment/picture, own pairs": 0.5,
            "alignment/picture, other pairs": -0.5,
        ]
        #expect(alignment == expected)
    }

    @Test("A damaged record is not read as if it were whole")
    func damage() throws {
        let writer = try TensorBoardWriter(folder: scratch.url)
        try writer.write(try step(1))
        let data = try Data(contentsOf: writer.url)
        for index in data.indices {
            var damaged = data
            damaged[index] ^= 0x10
            #expect(throws: EventFile.Damage.self) { try EventFile(damaged) }
        }
        #expect(throws: EventFile.Damage.self) { try EventFile(data.dropLast()) }
    }

    @Test("A run that goes on writes another file, which voids the steps that are done again")
    func resuming() throws {
        let first = try TensorBoardWriter(folder: scratch.url)
        try first.write(try step(1))
        let before = try Data(contentsOf: first.url)
        let second = try TensorBoardWriter(folder: scratch.url, resumingAt: 7)
        let third = try TensorBoardWriter(folder: scratch.url, resumingAt: 0)
        let names = [first, second, third].map(\.url.lastPathComponent)
        #expect(names == names.sorted() && Set(names).count == 3)
        #expect(names.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
        #expect(try Data(contentsOf: first.url) == before)
        let events = try EventFile(Data(contentsOf: second.url)).events
        #expect(events.map(\.version) == ["brain.Event:2", nil])
        #expect(events.map(\.sessionStatus) == [nil, 1])
        #expect(events.map(\.step) == [0, 8])
        try second.write(try step(8))
        #expect(try EventFile(Data(contentsOf: second.url)).events.map(\.step) == [0, 8, 8])
    }

    @Test("A folder that is not there is named")
    func unwritable() {
        let failure = #expect(throws: RunError.self) { try TensorBoardWriter(folder: scratch["nowhere"]) }
        #expect("\(failure.map { "\($0)" } ?? "")".contains("nowhere/events.out.tfevents."))
    }

    @Test(
        "TensorBoard shows the numbers of a run that was killed and went on",
        .enabled(if: TensorBoardPeer.python != nil, "needs a Python with tensorboard, in SHAPCA_PYTHON or the cache"))
    func peer() throws {
        let first = try TensorBoardWriter(folder: scratch.url)
        for number in 1...4 { try first.write(try step(number, loss: Double(number))) }
        try first.write(try epoch(after: 4))
        for number in 5...6 { try first.write(try step(number, loss: Double(number))) }
        // The last record was being written when the run was killed.
        let size = try Data(contentsOf: first.url).count
        let file = try FileHandle(forWritingTo: first.url)
        try file.truncate(atOffset: UInt64(size - 5))
        try file.close()
        let second = try TensorBoardWriter(folder: scratch.url, resumingAt: 4)
        for number in 5...7 { try second.write(try step(number, loss: Double(10 * number))) }

        let shown = try TensorBoardPeer.scalars(in: scratch.url)
        #expect(Set(shown.keys) == Set(stepScalars.keys).union(epochScalars.keys))
        #expect(shown["loss/total"]?.map(\.step) == Array(1...7))
        #expect(shown["loss/total"]?.map(\.value) == [1, 2, 3, 4, 50, 60, 70])
        for (tag, value) in epochScalars {
            #expect(shown[tag] == [TensorBoardPeer.Scalar(step: 4, value: value)], "\(tag)")
        }
    }
}
