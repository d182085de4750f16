// Makes a corpus of posts with drawn pictures in which names are ambiguous. The same seed makes the same corpus.
//
// usage: AmbiguousNames FOLDER [SEED]

import Foundation

let arguments = CommandLine.arguments.dropFirst()
guard let path = arguments.first, !path.hasPrefix("-"), arguments.count <= 2,
    let seed = arguments.count == 2 ? UInt64(arguments[2]) : 1
else {
    print(
        "usage: AmbiguousNames FOLDER [SEED]\nMakes train, valid and test.jsonl, contexts.jsonl and images/ in FOLDER.")
    exit(64)
}
do {
    var maker = CorpusMaker(folder: URL(fileURLWithPath: path, isDirectory: true), seed: seed)
    for line in try maker.make() { print(line) }
} catch {
    FileHandle.standardError.write(Data("AmbiguousNames: \(error)\n".utf8))
    exit(1)
}
