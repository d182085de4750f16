import Foundation

/// Writes what happens in a run to an event file that TensorBoard shows.
///
/// The file is only ever added to, a whole record at a time: of a run that is killed at most the last record is cut
/// short, where readers stop. A run that continues writes another file, which says from where.
package struct TensorBoardWriter {
    /// The event file.
    package let url: URL

    private let file: FileHandle

    /// Begins a file `events.out.tfevents.TIME.HOST` that readers take after those already in the folder.
    /// - Parameters:
    ///   - folder: the run's folder.
    ///   - step: the last step to be kept of a run that continues; nil for a new run.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package init(folder: URL, resumingAt step: Int? = nil) throws {
        let now = Date().timeIntervalSince1970
        let number = max(Int(now), (Self.numbers(in: folder).max() ?? 0) + 1)
        let digits = String(number)
        let name = [
            Self.prefix + String(repeating: "0", count: max(0, 10 - digits.count)) + digits,
            ProcessInfo.processInfo.hostName.replacing("/", with: "-"),
        ].joined(separator: ".")
        let url = folder.appending(path: name)
        var header = TensorBoardEvent(wallTime: now, step: 0, content: .version).record
        if let step { header += TensorBoardEvent(wallTime: now, step: step + 1, content: .sessionStart).record }
        var file: FileHandle?
        try RunFolder.writing(url) {
            try header.write(to: url, options: .withoutOverwriting)
            file = try FileHandle(forWritingTo: url)
            try file?.seekToEnd()
        }
        guard let file else { throw RunError.unwritable(path: url.path, reason: "it cannot be opened") }
        (self.url, self.file) = (url, file)
    }

    /// Adds the numbers of a step or of an epoch.
    /// - Throws: ``RunError/unwritable(path:reason:)``.
    package func write(_ metrics: Metrics) throws {
        let event = TensorBoardEvent(
            wallTime: Date().timeIntervalSince1970, step: metrics.step, content: .scalars(metrics.scalars))
        try RunFolder.writing(url) { try file.write(contentsOf: event.record) }
    }

    private static let prefix = "events.out.tfevents."

    /// The times in the names of a folder's event files.
    private static func numbers(in folder: URL) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.compactMap { name in
            Int(name.dropFirst(prefix.count).prefix { $0 != "." })
        }
    }
}

extension Metrics {
    /// The numbers that TensorBoard shows, by the names that it groups them by.
    fileprivate var scalars: [(tag: String, value: Double)] {
        let all: [(tag: String, value: Double?)] =
            switch self {
            case .step(let step):
                [
                    ("loss/total", step.loss),
                    ("loss/task", step.task),
                    ("loss/hidden pictures", step.hiddenPicture),
                    ("loss/text", step.text),
                    ("loss/picture", step.picture),
                    ("cosine/text, own pairs", step.textCosines?.own),
                    ("cosine/text, other pairs", step.textCosines?.others),
                    ("cosine/picture, own pairs", step.pictureCosines?.own),
                    ("cosine/picture, other pairs", step.pictureCosines?.others),
                    ("training/gradientNorm", step.gradientNorm),
                    ("training/rateFactor", step.rateFactor),
                ]
            case .epoch(let epoch):
                [
                    ("validation/f1", epoch.validation.f1),
                    ("validation/precision", epoch.validation.precision),
                    ("alignment/text, own pairs", epoch.alignment?.text?.own),
                    ("alignment/text, other pairs", epoch.alignment?.text?.others),
                    ("alignment/text, swapped contexts", epoch.alignment?.text?.swapped),
                    ("alignment/picture, own pairs", epoch.alignment?.picture?.own),
                    ("alignment/picture, other pairs", epoch.alignment?.picture?.others),
                    ("validation/recall", epoch.validation.recall),
                    ("training/postsPerSecond", epoch.postsPerSecond),
                ]
            }
        return all.compactMap { scalar in scalar.value.map { (scalar.tag, $0) } }
    }
}
