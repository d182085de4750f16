import Foundation

/// What progress looks like on a terminal.
enum ProgressBar {
    private static let width = 24

    /// A bar that is filled by a share.
    static func text(_ done: Int, of total: Int) -> String {
        let filled = width * done / max(total, 1)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    /// Seconds as minutes and seconds, with hours where there are any.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return whole >= 3600
            ? String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
            : String(format: "%d:%02d", whole / 60, whole % 60)
    }
}
