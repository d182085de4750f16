import ArgumentParser
import Support

/// An option with a number of a range, which help and errors tell.
extension Option {
    init(
        wrappedValue: Value, _ help: String, in range: ClosedRange<Value>, unit: String = "count"
    ) where Value: LosslessStringConvertible & Comparable & Sendable {
        let help = ArgumentHelp("\(help), \(range.words) (default: \(wrappedValue)).", valueName: unit)
        self.init(wrappedValue: wrappedValue, help: help, transform: range.parsed)
    }

    init<Number: LosslessStringConvertible & Comparable & Sendable>(
        _ help: String, in range: ClosedRange<Number>, unit: String = "count"
    ) where Value == Number? {
        self.init(help: ArgumentHelp("\(help), \(range.words).", valueName: unit), transform: range.parsed)
    }
}

extension ClosedRange where Bound: LosslessStringConvertible {
    fileprivate func parsed(_ text: String) throws -> Bound {
        guard let number = number(in: text) else { throw ValidationError("it must be \(rule)") }
        return number
    }
}
