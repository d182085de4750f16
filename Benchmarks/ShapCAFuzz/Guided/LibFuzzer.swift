import Foundation

/// LLVM's libFuzzer, which changes inputs where a change has reached new code. It is within a build by
/// `Scripts/fuzz-guided.sh` and in no other.
enum LibFuzzer {
    typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private typealias Driver =
        @convention(c) (UnsafeMutablePointer<CInt>, UnsafeMutablePointer<Arguments?>, Callback) -> CInt
    private typealias Mutate = @convention(c) (UnsafeMutablePointer<UInt8>, Int, Int) -> Int

    /// Whether this build has it.
    static var isPresent: Bool { symbol("LLVMFuzzerRunDriver") != nil }

    /// Tries inputs until the options say that it is enough.
    /// - Returns: the status to end with.
    static func run(_ options: [String], _ callback: Callback) -> CInt {
        guard let driver = symbol("LLVMFuzzerRunDriver") else { return 1 }
        var count = CInt(options.count + 1)
        // The driver keeps the pointers for the life of the process.
        let arguments = Arguments.allocate(capacity: options.count + 2)
        for (index, option) in (["shapca-fuzz"] + options).enumerated() { arguments[index] = strdup(option) }
        arguments[options.count + 1] = nil
        var pointer: Arguments? = arguments
        return unsafeBitCast(driver, to: Driver.self)(&count, &pointer, callback)
    }

    /// A change of its own, made in place.
    /// - Returns: the bytes of the changed input, at most `capacity`.
    static func mutate(_ data: UnsafeMutablePointer<UInt8>, count: Int, capacity: Int) -> Int {
        guard let mutate = symbol("LLVMFuzzerMutate") else { return count }
        return unsafeBitCast(mutate, to: Mutate.self)(data, count, capacity)
    }

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(dlopen(nil, RTLD_NOW), name) }
}
