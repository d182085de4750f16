import ArgumentParser
import Contexts

struct ContextsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contexts",
        abstract: "Have pictures put into words, as bridging contexts.",
        discussion: """
            A large multimodal model behind the OpenAI protocol (llama.cpp, vLLM, Ollama, hosted services) describes \
            pictures; the file is for --contexts of the other commands:

              shapca contexts --images DIR --generator openai --endpoint http://127.0.0.1:8080/v1 --model llava \
            --output contexts.jsonl

            Without a server, a list of labels (the ImageNet names that EfficientNet-Lite0 finds most probable):

              shapca contexts --images DIR --generator labels --output labels.jsonl

            A cache keeps every answer, by the picture's content and all that shaped the answer. The same command \
            continues a run that was stopped and asks about no picture again. `shapca contexts generate --help` has the \
            options.
            """,
        subcommands: [
            ContextsGenerateCommand.self, ContextsPromptCommand.self, ContextsShowCommand.self,
            ContextsExportCommand.self, ContextsImportCommand.self, ContextsPruneCommand.self,
        ], defaultSubcommand: ContextsGenerateCommand.self)
}

struct ContextsPromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "Print the default prompt, to change it and give it with --prompt-file.")

    func run() throws { try Console.print(Prompt.standard) }
}
