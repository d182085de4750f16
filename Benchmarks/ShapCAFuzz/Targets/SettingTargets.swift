import Foundation
import Shapley
import Torch
import Training

extension FuzzTarget {
    /// The readers of settings, of matrices for `shapca shapley` and of the files of runs.
    static let settingTargets = [yaml, settings, shapley, run]

    private static let settingWords = [
        "task: ", "text: ", "encoder", "fusion.width", "fusion.heads", "alignment.method", "training.seed",
        "learningRates.",
        "learningRates: {default: 1e-3}", "none", "true", "=", ": ", "&a ", "*a", "!!int ", "<<: *a", "---\n", "- ",
        "{", "}", "[",
        "]", "| \n", "\t", "%YAML 1.2\n", "? ", "'", "\"", "#", "\n  ", "training:", "!!binary ", "~",
    ]

    private static let yaml = FuzzTarget(
        name: "yaml", about: "configurations of training",
        seeds: {
            [
                TrainingConfiguration().yaml,
                "task: joint\ntext: {encoder: 'a b', maximumLength: 64}\nfusion: {width: 16, heads: 2}\nlearningRates: {default: 1e-2, textEncoder: 1e-3}\n",
                "alignment:\n  method: shapley\n  temperature: 0.1\ntraining: {epochs: 3, seed: 7}\n",
            ].map { Array($0.utf8) }
        }, dictionary: settingWords,
        attempt: { input, _ in
            let configuration = try TrainingConfiguration(
                yaml: String(decoding: input, as: UTF8.self), place: "configuration.yaml")
            let again = try Result { try TrainingConfiguration(yaml: configuration.yaml, place: "again") }
                .mapError { Fault("what is written cannot be read: \($0)") }.get()
            guard again == configuration else {
                throw Fault(
                    "a configuration is another after writing and reading: \(again.differences(from: configuration))")
            }
        })

    private static let settings = FuzzTarget(
        name: "set", about: "the arguments of --set, one a line",
        seeds: {
            [
                "training.seed=3\nfusion.heads=4\nfusion.width=16",
                "learningRates.default=1e-3\ntask=joint\ntext.encoder=a=b",
            ]
            .map { Array($0.utf8) }
        }, dictionary: settingWords,
        attempt: { input, _ in
            var configuration = TrainingConfiguration()
            let lines = String(decoding: input, as: UTF8.self).split(separator: "\n").map(String.init)
            try configuration.apply(overrides: lines)
            guard try TrainingConfiguration(yaml: configuration.yaml, place: "again") == configuration else {
                throw Fault("a configuration is another after writing and reading")
            }
        })

    private static let shapley = FuzzTarget(
        name: "shapley", about: "matrices of similarities",
        seeds: {
            ["[[0.1, 0.9], [-0.5, 0.25]]", #"{"similarities": [[1, 0, 0.5], [0, 1, 1e-3], [2, 3, 4]]}"#, "[[3]]"]
                .map { Array($0.utf8) }
        }, dictionary: jsonWords + ["\"similarities\"", "NaN", "Infinity", "-Infinity", "1e999", "[[", "]]", "[],"],
        attempt: { input, _ in
            let matrix = try GameMatrix(json: Data(input))
            guard matrix.games * matrix.players <= 256, matrix.players <= 16 else { return }
            for estimator in [ShapleyEstimator.exact, .cyclic] {
                _ = try ShapleyReport(similarities: matrix, estimator: estimator, temperature: 0.1).json()
            }
            guard try GameMatrix(json: JSONEncoder().encode(matrix.rows)) == matrix else {
                throw Fault("a matrix is another after writing and reading")
            }
        })

    private static let runFiles = ["metrics.jsonl", "checkpoint.safetensors"]

    private static let run = FuzzTarget(
        name: "run", about: "metrics and checkpoints of training runs",
        seeds: {
            let folder = try Scratch()
            let run = RunFolder(url: folder.url)
            try run.save(TrainingState(), tensors: ["model.a": Tensor([1, 2] as [Float], shape: [2])])
            let metrics =
                #"{"step": 1, "epoch": 0, "loss": 0.5}"# + "\n" + #"{"step": 2, "epoch": 0, "loss": 0.25}"# + "\n"
            return [
                FileBundle([
                    ("metrics.jsonl", Array(metrics.utf8)),
                    ("checkpoint.safetensors", [UInt8](try Data(contentsOf: run.checkpoint))),
                ]).bytes
            ]
        },
        dictionary: jsonWords + [
            "\"state\"", "\\\"epoch\\\"", "\\\"batch\\\"", "\\\"best\\\"", "\"step\"", "\"loss\"", "\"dtype\"",
        ],
        attempt: { input, folder in
            try folder.write(FileBundle(input), names: runFiles)
            let run = RunFolder(url: folder.url)
            _ = try run.readMetrics()
            for (_, tensor) in try run.lastState()?.tensors ?? [:] where tensor.count < 100_000 {
                _ = try withTorchErrors { tensor.doubles() }
            }
        })
}
