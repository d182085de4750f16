@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C and termination as a flag to check between steps; the second Ctrl-C ends the program at once.
final class Interrupt: Sendable {
    private let flag = Atomic(false)
    private let sources: [any DispatchSourceSignal]

    init() {
        let queue = DispatchQueue(label: "interrupt")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: queue)
        }
        for source in sources {
            source.setEventHandler { [weak self] in
                guard let self else { return }
                if flag.exchange(true, ordering: .relaxed) { exit(130) }
                Console.note("\nstopping after this step; press Ctrl-C again to stop at once")
            }
            source.activate()
        }
    }

    /// Whether somebody asked to stop.
    var wasAsked: Bool { flag.load(ordering: .relaxed) }
}
