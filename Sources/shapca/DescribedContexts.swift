import Contexts
import Foundation
import Prediction
import Support
import Synchronization

/// Contexts for the posts of `shapca predict`, made as `shapca contexts` makes them.
final class DescribedContexts: ContextSource {
    private let describer: PictureDescriber
    private let failures = Atomic(0)

    init(_ describer: PictureDescriber) { self.describer = describer }

    var stop: String? { describer.stop }

    func contexts(of pictures: [URL]) async throws -> [ContextStatus] {
        try await describer.describe(pictures.map { .file($0) }).map { answer in
            switch answer {
            case .generated(let text): return .generated(text)
            case .cached(let text): return .cached(text)
            case .failed(let reason):
                failures.add(1, ordering: .relaxed)
                return .failed(reason)
            }
        }
    }

    /// Closes connections, and notes the contexts that could not be made.
    func finish() {
        try? waiting { [describer] in await describer.finish() }
        let count = failures.load(ordering: .relaxed)
        if count > 0 { Console.note("\(count) contexts could not be made") }
        if let stop { Console.note(stop) }
    }
}
