import Foundation
import Testing
import Torch

@Suite struct CosineScheduleTests {
    @Test(arguments: [(100, 0.05), (1000, 0.1), (7, 0.5), (3, 0), (1, 0.05), (1, 0), (2, 0.9)])
    func warmsUpToOneAndFallsToZero(steps: Int, share: Double) {
        let schedule = CosineSchedule(steps: steps, warmupShare: share)
        let factors = (0...steps + 3).map(schedule.factor)
        #expect(factors.allSatisfy { (0...1).contains($0) })
        #expect(factors[0] > 0, "the first step learns")
        #expect(factors[schedule.warmup - 1] == 1)
        #expect(zip(factors, factors[1..<schedule.warmup]).allSatisfy { $0 < $1 })
        let falling = factors[(schedule.warmup - 1)...]
        #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 >= $1 })
        if schedule.warmup < steps { #expect(factors[steps...].allSatisfy { $0 < 1e-12 }) }
    }

    @Test func theWarmUpIsLinearAndTheRestHalfACosine() {
        let schedule = CosineSchedule(steps: 101, warmupShare: 0.2)
        #expect(schedule.warmup == 21)
        for step in 0..<21 { #expect(abs(schedule.factor(at: step) - Double(step + 1) / 21) < 1e-12) }
        for step in 21...101 {
            let angle = Double.pi * Double(step - 21) / 80
            #expect(abs(schedule.factor(at: step) - (1 + cos(angle)) / 2) < 1e-12)
        }
        #expect(abs(schedule.factor(at: 61) - 0.5) < 1e-12)
    }

    @Test func noStepsAreNoTrouble() {
        #expect(CosineSchedule(steps: 0, warmupShare: 0.05).factor(at: 0) == 1)
    }
}
