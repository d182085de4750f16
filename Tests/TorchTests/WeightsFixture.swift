import Foundation
import Testing
import Torch

/// The files that `make_weights.py` made, and what PyTorch says is in them.
enum WeightsFixture {
    /// One tensor as the script describes it.
    struct Description: Decodable {
        var dtype: String
        var shape: [Int]
        var values: [Double]?
        var sum: Double?
    }

    static let folder = Bundle.module.bundleURL.appending(path: "Fixtures")

    static func url(_ name: String) -> URL { folder.appending(path: name) }

    static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

    /// What each fixture holds, by file and name.
    static func contents() throws -> [String: [String: Description]] { try decode("weights-contents.json") }

    /// The sums of the real models' tensors, by model and name.
    static func sums() throws -> [String: [String: Description]] { try decode("weights-sums.json") }

    private static func decode(_ name: String) throws -> [String: [String: Description]] {
        try JSONDecoder().decode([String: [String: Description]].self, from: Data(contentsOf: url(name)))
    }
}

/// A folder that is there for one test and removed after it, in memory where the machine allows.
final class TemporaryFolder {
    private static let root =
        FileManager.default.isWritableFile(atPath: "/dev/shm")
        ? URL(filePath: "/dev/shm", directoryHint: .isDirectory) : FileManager.default.temporaryDirectory

    let url = TemporaryFolder.root.appending(path: "weights-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes `bytes` to a file of the folder.
    func file(named name: String = "weights", _ bytes: some Sequence<UInt8>) throws -> URL {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return file
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}

/// Checks that `tensors` are the described ones, element by element.
func expectEqual(_ tensors: [String: Tensor], _ expected: [String: WeightsFixture.Description], in file: String) {
    #expect(tensors.keys.sorted() == expected.keys.sorted(), "\(file)")
    for (name, description) in expected {
        guard let tensor = tensors[name] else { continue }
        #expect("\(tensor.dtype)" == description.dtype, "\(file): \(name)")
        #expect(tensor.shape == description.shape, "\(file): \(name)")
        #expect(tensor.doubles() == description.values, "\(file): \(name)")
    }
}

/// The `WeightsError` that loading these bytes throws; nil where they load.
func weightsError(_ bytes: some Sequence<UInt8>, in folder: TemporaryFolder) throws -> WeightsError? {
    let file = try folder.file(bytes)
    do {
        _ = try loadWeights(at: file)
        return nil
    } catch let error as WeightsError {
        return error
    }
}
