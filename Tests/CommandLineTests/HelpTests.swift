import Testing

@Suite("Help and exit codes")
struct HelpTests {
    private static let commands = [
        [], ["train"], ["evaluate"], ["predict"], ["data"], ["data", "validate"], ["data", "stats"],
        ["data", "convert"], ["shapley"],
        ["report"], ["merge"], ["reproduce"], ["contexts"], ["contexts", "generate"], ["contexts", "show"],
        ["contexts", "export"],
        ["contexts", "import"], ["contexts", "prune"], ["contexts", "prompt"],
    ]

    @Test("Every command explains itself", arguments: commands)
    func help(_ command: [String]) throws {
        let outcome = try Program.run(command + ["--help"])
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.contains("OVERVIEW: "))
        #expect(outcome.output.contains("USAGE: " + (["shapca"] + command).joined(separator: " ")))
        let words = outcome.output.replacing("minilm", with: "")
        #expect(!words.contains("\(Optional<Int>.none as Any)"))
    }

    @Test("The program alone shows its help, and has a version")
    func alone() throws {
        #expect(try Program.run().output == Program.run("--help").output)
        let version = try Program.run("--version")
        #expect(version.status == 0 && version.lines.count == 1 && version.output.first?.isNumber == true)
    }

    @Test(
        "A wrong command line ends with 64 and says how it is written",
        arguments: [
            ["fly"], ["train"], ["predict"], ["predict", "--model", "m"],
            ["evaluate", "--model", "m"],
            ["predict", "--model", "m", "--text", "a", "--input", "b"],
            ["predict", "--model", "m", "--input", "b", "--image", "c"],
            ["predict", "--model", "m", "--text", "a", "--output", "b"],
            ["predict", "--model", "m", "--input", "a/../b", "--output", "b"],
            ["predict", "--model", "m", "--text", "a", "--text-column", "b"],
            ["predict", "--model", "m", "--text", "a", "--format", "csv"],
            ["predict", "--model", "m", "--input", "a.txt", "--text-column", "b"],
            ["predict", "--model", "m", "--input", "a", "--format", "txt", "--image-column", "b"],
            ["predict", "--model", "m", "--input", "a", "--format", "xlsx"],
            ["predict", "--model", "m", "--text", "a", "--threshold", "2"],
            ["predict", "--model", "", "--text", "a"],
            ["predict", "--model", "m", "--text", "a", "--batch-size", "0"],
            ["shapley", "--input", "x", "--temperature", "warm"],
            ["predict", "--model", "m", "--text", "a", "--precision", "fp8"], ["data", "validate"],
            ["data", "mend", "x"], ["data", "convert", "x"], ["merge", "x"],
            ["evaluate", "--model", "m", "--data", "d", "--split", "dev"],
            ["evaluate", "--model", "m", "--data", "d", "--threads", "0"],
            ["evaluate", "--model", "m", "--data", "d", "--rename", "OTHER"],
            ["contexts"], ["contexts", "--images", "i", "--generator", "openai", "--output", "o"],
            ["contexts", "--images", "i", "--data", "d", "--generator", "labels", "--output", "o"],
            ["contexts", "--images", "i", "--generator", "labels", "--output", "o", "--seed", "1"],
            [
                "contexts", "--images", "i", "--generator", "openai", "--output", "o", "--model", "m", "--endpoint",
                "http://me:secret@host",
            ],
            ["contexts", "prune"], ["contexts", "import", "f"],
            ["predict", "--model", "m", "--text", "a", "--context-generator", "openai"],
            ["predict", "--model", "m", "--text", "a", "--context-model", "b"],
        ])
    func usage(_ arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.status == 64 && !outcome.hasCrashed && outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains("\nUsage: shapca"))
    }

    private static let numbers = [
        ("predict", "--threads", "100000", "a whole number from 1 to"),
        ("train", "--threads", "0", "a whole number from 1 to"),
        ("reproduce", "--threads", "-1", "a whole number from 1 to"),
        ("evaluate", "--batch-size", "0", "a whole number from 1 to 4096"),
        ("predict", "--batch-size", "4097", "a whole number from 1 to 4096"),
        ("predict", "--temperature", "nan", "a number from 0 to 10"),
        ("contexts", "--seed", "-1", "a whole number from 0 to 4294967295"),
        ("contexts", "--max-tokens", "100001", "a whole number from 1 to 100000"),
        ("contexts", "--concurrency", "1e3", "a whole number from 1 to 1024"),
        ("contexts", "--time-out", "0", "a number from 0.001 to 86400"),
        ("contexts", "--time-out", "inf", "a number from 0.001 to 86400"),
        ("contexts", "--attempts", "101", "a whole number from 1 to 100"),
        ("contexts", "--largest-side", "99999999999999999999", "a whole number from 16 to 8192"),
        ("contexts prune", "--older-than", "nan", "a number from 0 to 100000"),
        ("shapley", "--samples", "0", "a whole number from 1 to 10000000"),
        ("shapley", "--seed", "-1", "a whole number from 0 to 18446744073709551615"),
    ]

    @Test("A number out of its range is refused with the range, which the help tells as well", arguments: numbers)
    func ranges(command: String, option: String, value: String, rule: String) throws {
        let command = command.split(separator: " ").map(String.init)
        let outcome = try Program.run(command + ["\(option)=\(value)"])
        #expect(outcome.status == 64 && !outcome.hasCrashed && outcome.output.isEmpty, "\(outcome.errors)")
        let refusal = "Error: The value '\(value)' is invalid for '\(option) <"
        #expect(outcome.errors.hasPrefix(refusal), "\(outcome.errors)")
        #expect(outcome.errors.contains("it must be \(rule)"), "\(outcome.errors)")
        let help = try Program.run((command == ["contexts"] ? ["contexts", "generate"] : command) + ["--help"]).output
        let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains(rule.replacing("a whole number from ", with: "").replacing("a number from ", with: "")))
    }

    @Test(
        "What is not there ends with 1 and its name",
        arguments: [
            ["train", "absent.yaml", "--data", "d"], ["predict", "--model", "absent", "--text", "a"],
            ["evaluate", "--model", "absent", "--data", "absent"], ["data", "validate", "absent"],
            ["data", "stats", "absent"], ["data", "convert", "absent", "--output", "out"],
            ["shapley", "--input", "absent", "--temperature", "0.1", "--estimator", "exact"],
        ])
    func absent(_ arguments: [String]) throws {
        let outcome = try Program.run(arguments)
        #expect(outcome.failed(saying: "absent"), "\(outcome.errors)")
    }

    @Test("A device that is not there is named")
    func devices() throws {
        let model = try Workshop.model()
        let strange = try Program.run("predict", "--model", model.path, "--text", "a", "--device", "tpu")
        #expect(strange.status == 64 && strange.errors.contains("it can be cpu, cuda or cuda:N"))
        let outcome = try Program.run("predict", "--model", model.path, "--text", "a", "--device", "cuda:99")
        #expect(outcome.failed(saying: "cuda"), "\(outcome.errors)")
    }

    @Test("Standard output that takes no more is an error, not a crash")
    func fullOutput() throws {
        for arguments in [
            ["shapley", "--input", "/dev/stdin", "--temperature", "1", "--estimator", "exact"],
            ["data", "stats", Workshop.corpus.path],
            ["predict", "--model", try Workshop.model().path, "--input", "-"],
        ] {
            let input = arguments[0] == "predict" ? #"{"text": "Anna"}"# : "[[0.5]]"
            let outcome = try Program.run(arguments, input: .init(input.utf8), output: .init(filePath: "/dev/full"))
            #expect(outcome.failed(saying: "standard output", "no space left on device"), "\(outcome.errors)")
        }
    }
}
