import Testing
import Torch

@Suite struct TorchErrorTests {
    private struct OwnError: Error {}

    private let bad = (Tensor.zeros([2, 3]), Tensor.zeros([4, 5]))

    private func message(_ body: () throws -> Void) -> String? {
        do {
            try withTorchErrors(body)
            return nil
        } catch {
            return (error as? TorchError)?.message ?? "\(error)"
        }
    }

    @Test func theMessageIsTheEnginesFirstSentence() {
        let message = message { _ = bad.0.matmul(bad.1) }
        #expect(message == "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")
    }

    @Test func theFirstFailureIsKept() {
        let message = message {
            let product = bad.0.matmul(bad.1)
            _ = product.reshaped([7]) + bad.0.reshaped([11])
        }
        #expect(message?.contains("(2x3 and 4x5)") == true)
    }

    @Test func successGivesTheResultAndOwnErrorsPass() throws {
        #expect(try withTorchErrors { 7 } == 7)
        #expect(throws: OwnError.self) { try withTorchErrors { throw OwnError() } }
    }

    @Test func theEnginesFailureComesBeforeAnErrorThatFollowsFromIt() {
        let message = message {
            _ = bad.0.matmul(bad.1)
            throw OwnError()
        }
        #expect(message?.contains("(2x3 and 4x5)") == true)
    }

    @Test func aScopeInsideThrowsItsOwnFailureOnly() throws {
        let inner = try withTorchErrors {
            message { _ = bad.0.matmul(bad.1) }
        }
        #expect(inner?.contains("(2x3 and 4x5)") == true)
        var inside: String?
        let outer = message {
            _ = bad.0.reshaped([7])
            inside = message { _ = Tensor.zeros([1]) }
        }
        #expect(inside == nil)
        #expect(outer?.contains("[7]") == true, "\(outer ?? "")")
    }

    @Test func aFailureLeavesNothingBehind() throws {
        _ = message { _ = bad.0.matmul(bad.1) }
        #expect(try withTorchErrors { Tensor.ones([2]).sum().item() } == 2)
    }

    @Test func statusFunctionsFailTheSameWay() {
        #expect(message { _ = Tensor.zeros([2]).item() } != nil)
        #expect(message { Tensor.zeros([2]).backward() } != nil)
        #expect(message { Tensor.zeros([2]).copy(from: Tensor.zeros([3])) }?.contains("does not fit") == true)
        #expect(message { _ = Tensor.zeros([2]).floats() } == nil)
    }

    @Test func memoryThatIsNotThereIsAnError() {
        let message = message { _ = Tensor.empty([1 << 40, 1 << 12]) }
        #expect(message != nil && (message?.count ?? 0) <= 1000)
    }

    @Test func threadsDoNotShareFailures() async throws {
        let bad = bad
        let messages = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let failed = (try? withTorchErrors { index % 2 == 0 ? bad.0.matmul(bad.1) : bad.0 }) == nil
                    return failed == (index % 2 == 0)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(messages.allSatisfy { $0 })
    }
}
