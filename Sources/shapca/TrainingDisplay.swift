import Foundation
import Training

/// Shows a run on standard error: a progress bar on a terminal, plain lines otherwise.
final class TrainingDisplay {
    private let isInteractive = Console.isInteractive
    private var barIsShown = false
    private var lastBar = ContinuousClock.now
    private var lastLine = ContinuousClock.now

    func show(_ event: TrainingEvent) {
        switch event {
        case .resumed(let state): line("going on after step \(state.step) of epoch \(state.epoch + 1)")
        case .warning(let message): line("warning: \(message)")
        case .step(let step, let progress): show(step, progress)
        case .epoch(let epoch, let isBest):
            let score = String(
                format:
                    "epoch %d  loss %.4f  validation P %.2f R %.2f F1 %.2f (%d gold)%@  %.0f posts/s  %.1f + %.1f s",
                epoch.epoch + 1, epoch.loss, 100 * epoch.validation.precision, 100 * epoch.validation.recall,
                100 * epoch.validation.f1, epoch.validation.gold, isBest ? " *" : "", epoch.postsPerSecond,
                epoch.trainingSeconds, epoch.validationSeconds)
            line(score)
        }
    }

    /// Leaves the terminal's line clean.
    func finish() {
        guard barIsShown else { return }
        barIsShown = false
        Console.say("\r\u{1B}[K")
    }

    private func line(_ text: String) {
        finish()
        Console.note(text)
    }

    private func show(_ step: Metrics.Step, _ progress: TrainingEvent.Progress) {
        let now = ContinuousClock.now
        if isInteractive {
            guard now - lastBar > .milliseconds(100) || progress.batch == progress.batches else { return }
            lastBar = now
            barIsShown = true
            Console.say("\r\u{1B}[K\(bar(step, progress))")
        } else if now - lastLine > .seconds(30) {
            lastLine = now
            Console.note(summary(step, progress))
        }
    }

    private func bar(_ step: Metrics.Step, _ progress: TrainingEvent.Progress) -> String {
        "\(ProgressBar.text(progress.batch, of: progress.batches)) \(summary(step, progress))"
    }

    private func summary(_ step: Metrics.Step, _ progress: TrainingEvent.Progress) -> String {
        let best = progress.bestF1.map { String(format: "  F1 %.2f", 100 * $0) } ?? ""
        return String(
            format: "epoch %d/%d  %d/%d  loss %.4f%@  %.0f posts/s  %@ left", step.epoch + 1, progress.epochs,
            progress.batch, progress.batches, progress.meanLoss, best, progress.postsPerSecond,
            ProgressBar.clock(progress.secondsLeft))
    }
}
