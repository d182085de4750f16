import ArgumentParser
import Contexts

struct ContextsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contexts",
        abstract: "Describe pictures, as bridging contexts.",
        discussion: """
            A large multimodal model behind the OpenAI protocol (llama.cpp, vLLM, Ollama, hosted services) describes \
            pictures; the other commands read the file as --contexts:

              shapca contexts --images DIR --generator openai --endpoint http://127.0.0.1:8080/v1 --model llava \
            --output contexts.jsonl

            Without a server, a context is a list of the ImageNet names that EfficientNet-Lite0 finds most probable:

              shapca contexts --images DIR --generator labels --output labels.jsonl

            A cache keeps every answer, by the picture's content and all that shaped the answer. So the same command \
            continues a stopped run without asking twice. `shapca contexts generate --help` lists the options.
            """,
        subcommands: [
            ContextsGenerateCommand.self, ContextsPromptCommand.self, ContextsShowCommand.self,
            ContextsExportCommand.self, ContextsImportCommand.self, ContextsPruneCommand.self,
        ], defaultSubcommand: ContextsGenerateCommand.self)
}

struct ContextsPromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "Print the default prompt, a start for --prompt-file.")

    func run() throws { try Console.print(Prompt.standard) }
}
