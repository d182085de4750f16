import Foundation
import TestSupport
import Testing
import Torch

/// The choice of engines, out of timings that are made up or were taken on other processors.
@Suite("The choice of engines")
struct KernelTests {
    private static let layers = [
        LinearShape(inputs: 768, outputs: 768): 48, LinearShape(inputs: 768, outputs: 3072): 12,
        LinearShape(inputs: 3072, outputs: 768): 12,
    ]
    private static let work = KernelWork(layers, rows: 1792, training: true)

    /// Timings at rates in GFLOP/s, the same for all products.
    private static func timings(mkl: Double?, oneDNN: Double?, bf16: Double?) -> KernelTimings {
        var timings = KernelTimings()
        for product in work.counts.keys {
            for (engine, rate) in [(ProductEngine.mkl, mkl), (.oneDNN, oneDNN), (.oneDNNBFloat16, bf16)] {
                guard let rate else { continue }
                timings.note(product, engine, seconds: product.operations / (rate * 1e9))
            }
        }
        return timings
    }

    private static func choice(mkl: Double?, oneDNN: Double?, bf16: Double?) -> KernelChoice {
        KernelChoice(timings(mkl: mkl, oneDNN: oneDNN, bf16: bf16), for: work)
    }

    @Test("follows the rates of processors")
    func processors() {
        let zen = Self.choice(mkl: 182, oneDNN: 401, bf16: 885)
        #expect(zen.precision == .bf16 && zen.others == .oneDNN && zen.othersInBFloat16 == .oneDNNBFloat16)
        #expect(zen.entries.allSatisfy { $0.fp32 == .oneDNN && $0.bf16 == .oneDNNBFloat16 })
        let xeon = Self.choice(mkl: 132, oneDNN: 92, bf16: 70)
        #expect(xeon.precision == .fp32 && xeon.others == .mkl && xeon.othersInBFloat16 == .mkl)
        #expect(xeon.entries.count == 9 && xeon.entries.allSatisfy { $0.fp32 == .mkl && $0.bf16 == .mkl })
    }

    @Test("stays with oneDNN and 32-bit floats where nothing is won")
    func ties() {
        for (mkl, bf16) in [(100.0, 100.0), (104, 104), (96, 104)] {
            let choice = Self.choice(mkl: mkl, oneDNN: 100, bf16: bf16)
            #expect(choice.others == .oneDNN && choice.precision == .fp32, "\(mkl) \(bf16)")
        }
        #expect(Self.choice(mkl: 106, oneDNN: 100, bf16: 100).others == .mkl)
        #expect(Self.choice(mkl: 50, oneDNN: 100, bf16: 106).precision == .bf16)
    }

    @Test("takes what libtorch has")
    func missingEngines() {
        #expect(Self.choice(mkl: nil, oneDNN: 100, bf16: 300).precision == .bf16)
        #expect(Self.choice(mkl: 100, oneDNN: nil, bf16: nil).others == .mkl)
        #expect(Self.choice(mkl: 100, oneDNN: 90, bf16: nil).precision == .fp32)
        #expect(Self.choice(mkl: nil, oneDNN: nil, bf16: 100) == .unmeasured)
        #expect(KernelChoice(KernelTimings(), for: Self.work) == .unmeasured)
    }

    @Test("is not moved by rounds that other programs disturbed, nor by times that cannot be")
    func noise() {
        var timings = Self.timings(mkl: 100, oneDNN: 200, bf16: 150)
        for product in Self.work.counts.keys {
            for slower in [1.5, 30] {
                timings.note(product, .oneDNN, seconds: slower * product.operations / 200e9)
            }
        }
        #expect(KernelChoice(timings, for: Self.work) == Self.choice(mkl: 100, oneDNN: 200, bf16: 150))
        for product in Self.work.counts.keys { timings.note(product, .mkl, seconds: 0) }
        #expect(KernelChoice(timings, for: Self.work).others == .oneDNN)
    }

    @Test("weighs each product as often as the work computes it, and products of other work not at all")
    func weights() {
        let (narrow, wide) = (LinearShape(inputs: 8, outputs: 8), LinearShape(inputs: 8, outputs: 64))
        let often = KernelWork([narrow: 10, wide: 1], rows: 64)
        var timings = KernelTimings()
        let (small, large) = (
            LinearProduct(.output, rows: 64, inputs: 8, outputs: 8),
            LinearProduct(.output, rows: 64, inputs: 8, outputs: 64)
        )
        timings.note(small, .oneDNN, seconds: 1)
        timings.note(small, .oneDNNBFloat16, seconds: 0.5)
        timings.note(large, .oneDNN, seconds: 1)
        timings.note(large, .oneDNNBFloat16, seconds: 7)
        #expect(KernelChoice(timings, for: often).precision == .fp32)
        #expect(KernelChoice(timings, for: KernelWork([narrow: 10], rows: 64)).precision == .bf16)
        let choice = KernelChoice(timings, for: KernelWork([wide: 1], rows: 64))
        #expect(choice.precision == .fp32)
        #expect(choice.entries.map(\.bf16) == [.oneDNNBFloat16, .oneDNN])
    }

    @Test("lays weights out where they stay as they are and that saves a twentieth, and holds bfloat16 against it")
    func packing() {
        let (narrow, wide) = (LinearShape(inputs: 8, outputs: 8), LinearShape(inputs: 8, outputs: 64))
        func choice(
            training: Bool = false, packed: [Double], panels: Double = 3, bf16: Double
        ) -> KernelChoice {
            var timings = KernelTimings()
            for (shape, seconds) in zip([narrow, wide], packed) {
                let product = LinearProduct(.output, rows: 64, inputs: shape.inputs, outputs: shape.outputs)
                timings.note(product, .mkl, seconds: 1)
                timings.note(product, .oneDNN, seconds: 1.2)
                timings.note(product, .oneDNNPacked, seconds: seconds)
                timings.note(product, .panels, seconds: panels)
                timings.note(product, .oneDNNBFloat16, seconds: bf16)
            }
            return KernelChoice(timings, for: KernelWork([narrow: 1, wide: 1], rows: 64, training: training))
        }
        #expect(choice(packed: [0.5, 0.96], bf16: 2).packed == [narrow: .oneDNNPacked])
        #expect(choice(packed: [0.95, 0.9], bf16: 2).packed == [narrow: .oneDNNPacked, wide: .oneDNNPacked])
        #expect(choice(packed: [0.5, 0.96], panels: 0.7, bf16: 2).packed == [narrow: .oneDNNPacked, wide: .panels])
        #expect(choice(packed: [3, 3], panels: 0.96, bf16: 2).packed.isEmpty)
        #expect(choice(training: true, packed: [0.5, 0.5], panels: 0.5, bf16: 2).packed.isEmpty)
        #expect(choice(packed: [0.5, 0.5], bf16: 0.6).precision == .fp32)
        #expect(choice(packed: [1, 1], bf16: 0.6).precision == .bf16)
        #expect(choice(packed: [1, 1], panels: 0.5, bf16: 0.6).precision == .fp32)
        #expect(choice(training: true, packed: [0.5, 0.5], bf16: 0.6).precision == .bf16)
    }

    @Test("is measured within its time, kept for this machine, and made by what is kept")
    func cache() throws {
        let scratch = try TemporaryFolder()
        let cache = KernelCache(scratch.url.appending(path: "kernels"))
        let work = KernelWork([LinearShape(inputs: 32, outputs: 16): 1], rows: 20, training: true)
        let machine = Machine(threads: 1)
        let kernels = Kernels(cache: cache, machine: machine)
        #expect(try kernels.choice(.auto, for: work, measuringWithin: nil) == .unmeasured)
        #expect(try kernels.choice(.mkl, for: work, measuringWithin: .seconds(1)).others == .mkl)
        #expect(kernels.known == KernelTimings())
        let choice = try kernels.choice(.auto, for: work, measuringWithin: .seconds(2))
        #expect(Set(choice.entries.map(\.product)) == Set(work.counts.keys))
        for entry in kernels.known.entries {
            #expect(Set(entry.seconds.keys) == Set(ProductEngine.available.filter { !$0.isOfPackedWeights }))
            #expect(entry.seconds.values.allSatisfy { $0 > 0 && $0 < 1 })
        }
        #expect(try kernels.choice(.auto, for: work, measuringWithin: nil) == choice)
        let inUse = KernelWork([LinearShape(inputs: 32, outputs: 16): 1], rows: 20)
        _ = try kernels.choice(.auto, for: inUse, measuringWithin: .seconds(2))
        let output = LinearProduct(.output, rows: 20, inputs: 32, outputs: 16)
        #expect(Set(kernels.known[output].keys) == Set(ProductEngine.available), "where weights stay as they are")
        var with8Bit = inUse
        with8Bit.includes8Bit = true
        let seconds = try kernels.measure(with8Bit, within: .seconds(2))[output]
        #expect(Set(seconds.keys) == Set(ProductEngine.available).union([.int8]))
        #expect(try kernels.choice(.auto, for: inUse, measuringWithin: nil).entries.allSatisfy { $0.fp32 != .int8 })
        var other = machine
        other.limits["ONEDNN_MAX_CPU_ISA"] = "SSE41"
        #expect(Kernels(cache: cache, machine: other).known == KernelTimings())
        try Data("{}".utf8).write(to: cache.file(of: machine))
        #expect(kernels.known == KernelTimings())
    }

    @Test(
        "Threads that had to leave their processors often were disturbed",
        arguments: [
            (0, 10, false), (3, 10, false), (4, 10, true), (20, 500, false), (30, 500, true), (100, 5_000, false),
        ])
    func disturbance(preemptions: Int, milliseconds: Int, expected: Bool) {
        #expect(Kernels.isDisturbed(preemptions: preemptions, in: .milliseconds(milliseconds)) == expected)
    }

    @Test("A model has its linear layers, those in arrays and optional ones too")
    func shapes() {
        final class Part: Module {
            let layers = [Linear(2, 3), Linear(2, 3, bias: false)]
            let absent: Linear? = nil
            let present: Linear? = Linear(5, 2)
            let table = Embedding(7, 4)
        }
        final class Whole: Module {
            let part = Part()
            let parts = [Part()]
        }
        #expect(
            Whole().linearShapes() == [LinearShape(inputs: 2, outputs: 3): 4, LinearShape(inputs: 5, outputs: 2): 2])
    }
}
