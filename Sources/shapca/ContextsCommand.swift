import ArgumentParser
import Contexts
import Foundation

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

            Every answer is kept in a cache, by the picture's content and all that shaped the answer. A run that was \
            stopped goes on with the same command, and no picture is asked about again. `shapca contexts generate --help` \
            has the options.
            """,
        subcommands: [
            ContextsGenerateCommand.self, ContextsPromptCommand.self, ContextsShowCommand.self,
            ContextsExportCommand.self, ContextsImportCommand.self, ContextsPruneCommand.self,
        ], defaultSubcommand: ContextsGenerateCommand.self)
}

struct ContextsPromptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "Print the default prompt, to be changed and given with --prompt-file.")

    func run() throws { try Console.print(DefaultPrompt.text) }
}

/// A prompt that somebody wrote.
enum PromptFile {
    /// Reads a prompt; white space at its ends is no part of it.
    static func read(_ url: URL) throws -> String {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw PromptError(description: "\(url.relativePath): the prompt cannot be read; check the path")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PromptError(description: "\(url.relativePath): not valid UTF-8; save the prompt as UTF-8")
        }
        let prompt = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !prompt.isEmpty else { throw PromptError(description: "\(url.relativePath): the prompt is empty") }
        return prompt
    }
}

private struct PromptError: Error, CustomStringConvertible {
    let description: String
}
