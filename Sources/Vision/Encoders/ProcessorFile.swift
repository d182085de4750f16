/// The `processor_config.json` of a Hugging Face folder, which has the image processor beside those of other inputs.
struct ProcessorFile: Decodable {
    static let name = "processor_config.json"

    let image: PreprocessorFile

    private enum CodingKeys: String, CodingKey { case image = "image_processor" }
}
