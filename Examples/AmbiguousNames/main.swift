// Makes a corpus of posts with drawn pictures in which names are ambiguous. The same arguments make the same corpus.

import Foundation

do {
    let options = try Options(CommandLine.arguments.dropFirst())
    if options.asksForHelp {
        print(Options.usage)
        exit(0)
    }
    var maker = CorpusMaker(folder: options.folder, seed: options.seed, plans: options.plans)
    for line in try maker.make() { print(line) }
} catch {
    let hint = error is UsageError ? "\n\n\(Options.usage)" : ""
    FileHandle.standardError.write(Data("AmbiguousNames: \(error)\(hint)\n".utf8))
    exit(error is UsageError ? 64 : 1)
}
