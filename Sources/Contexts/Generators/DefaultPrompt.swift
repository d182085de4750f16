/// What is asked of each picture unless told otherwise: `Resources/prompt.txt`, which is part of the binary.
public enum DefaultPrompt {
    /// The question.
    public static let text = String(decoding: PackageResources.prompt_txt, as: UTF8.self).trimmed
}
