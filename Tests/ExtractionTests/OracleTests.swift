import Extraction
import Testing
import Torch

/// The model against the PyTorch peer, which computes in 64 bits: `Fixtures/make_shapca.py`.
@Suite struct OracleTests {
    /// The largest difference that is allowed, relative to what it is measured against.
    private static let tolerance = 1e-4

    @Test(arguments: OracleFixture.variants)
    func emissionsAreThePeers(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let posts = try fixture.posts()
        let emissions = try fixture.model().tagEmissions(fixture.batch(of: Array(posts.indices)))
        #expect(emissions.shape == fixture.emissions.shape)
        let scale = fixture.emissions.abs().max().item()
        for (item, post) in posts.enumerated() {
            let words = post.wordStarts.count
            let found = emissions.select(0, item).narrow(0, start: 0, length: words)
            let expected = fixture.emissions.select(0, item).narrow(0, start: 0, length: words)
            #expect((found - expected).abs().max().item() < Self.tolerance * scale, "post \(item)")
        }
    }

    @Test(arguments: OracleFixture.variants)
    func everyLossTermIsThePeers(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let losses = try fixture.model().losses(fixture.batch(of: Array(0..<7)), seed: fixture.seed)
        let pictures = fixture.variant.options.via == .direct ? "direct" : "picture"
        let terms: [String: Double] = [
            "task": losses.task.item(), "total": losses.total.item(),
            "text": losses.alignment.text?.loss.item() ?? 0,
            pictures: losses.alignment.picture?.loss.item() ?? 0,
        ]
        for (term, found) in terms {
            let expected = fixture.variant.losses[term] ?? 0
            #expect(abs(found - expected) < Self.tolerance * max(abs(expected), 0.01), "\(term)")
        }
    }

    @Test(arguments: OracleFixture.variants)
    func everyGradientIsThePeers(variant: String) throws {
        let fixture = try OracleFixture(variant)
        let model = try fixture.model()
        try model.losses(fixture.batch(of: Array(0..<7)), seed: fixture.seed).total.backward()
        #expect(Set(model.parameters().map(\.path)) == Set(fixture.gradients.keys))
        // Some gradients are 0 in exact arithmetic, such as those of the attention's key biases.
        let floor = 1e-3 * (fixture.gradients.values.map { $0.abs().max().item() }.max() ?? 0)
        for (path, parameter) in model.parameters() {
            let expected = try #require(fixture.gradients[path])
            let found = parameter.gradient ?? Tensor.zeros(parameter.shape)
            let scale = max(expected.abs().max().item(), floor)
            #expect((found - expected).abs().max().item() < Self.tolerance * scale, "\(path)")
        }
    }
}
