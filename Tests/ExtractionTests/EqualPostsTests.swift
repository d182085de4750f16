import Corpus
import Extraction
import Foundation
import TestSupport
import Testing

/// Equal posts of a batch as the extractor finds them: by words, contexts and pictures.
@Suite struct EqualPostsTests {
    private func post(_ words: String, context: String? = nil, picture: URL? = nil) -> Post {
        let tokens = words.split(separator: " ").map(String.init)
        return Post(id: words, content: .tokens(tokens), image: picture?.path, context: context)
    }

    private func terms(_ posts: [Post], _ extractor: Extractor, mergesEqual: Bool = true) throws -> AlignmentTerms {
        let prepared = try extractor.prepareForTraining(posts).posts
        let seen = try extractor.batch(prepared, isAligned: true, mergesEqual: mergesEqual)
        #expect(seen.pictureProblems.isEmpty)
        return try extractor.model.losses(seen.batch, seed: 1).alignment
    }

    @Test func equalWordsOrEqualContextsAreOnePlayer() throws {
        let posts = [
            post("Rocky barks", context: "a dog in a garden"), post("Rocky barks", context: "a cat on a wall"),
            post("Anna visits Oslo", context: "a cat on a wall"), post("nobody is here", context: "an empty street"),
            post("nobody is here"),
        ]
        let extractor = try SampleModel.extractor(pictures: false)
        let merged = try terms(posts, extractor)
        #expect(merged.text?.players.owners == [0, 0, 0, 1] && merged.picture == nil)
        #expect(merged.mergedShare == 0.75)
        let separate = try terms(posts, extractor, mergesEqual: false)
        #expect(separate.text?.players.owners == [0, 1, 2, 3] && separate.mergedShare == 0)
    }

    @Test func copiesOfAPictureAreOnePlayerWhateverTheirFilesAreCalled() throws {
        let folder = try TemporaryFolder()
        let photograph = try Data(contentsOf: SampleModel.photograph)
        let pictures = [
            try folder.write(photograph, to: "one.jpg"), try folder.write(photograph, to: "two/copy"),
            try folder.write(SamplePicture.tiff(1), to: "other.tiff"),
        ]
        let contexts = ["a cat", "a sleeping animal", "a red wall"]
        let posts = zip(["Rocky barks", "Anna visits Oslo", "nobody is here"], zip(contexts, pictures)).map {
            post($0, context: $1.0, picture: $1.1)
        }
        let extractor = try SampleModel.extractor()
        let merged = try terms(posts, extractor)
        #expect(merged.picture?.players.owners == [0, 0, 1] && merged.text?.players.owners == [0, 1, 2])
        #expect(abs((merged.mergedShare ?? 0) - 1.0 / 3) < 1e-12)
        let separate = try terms(posts, extractor, mergesEqual: false)
        #expect(separate.picture?.players.owners == [0, 1, 2])
    }

    @Test func postsThatAllShareAPictureHaveNoGameOfPictures() throws {
        let posts = [("Rocky barks", "a dog"), ("Anna visits Oslo", "a town"), ("nobody is here", "a street")].map {
            post($0, context: $1, picture: SampleModel.photograph)
        }
        let extractor = try SampleModel.extractor()
        let merged = try terms(posts, extractor)
        #expect(merged.picture == nil && merged.text?.players.owners == [0, 1, 2])
        #expect(try terms(posts, extractor, mergesEqual: false).picture?.players.count == 3)
    }

    /// Contexts do not play, so that equal ones merge nothing.
    @Test func picturesThatMeetTextsAreMergedByTheWordsOfThese() throws {
        let folder = try TemporaryFolder()
        let words = ["Rocky barks", "Rocky barks", "Anna visits Oslo", "nobody is here"]
        let posts = try words.enumerated().map { index, words in
            let picture = try folder.write(SamplePicture.tiff(index), to: "\(index).tiff")
            return post(words, context: "a photograph", picture: picture)
        }
        let direct = try SampleModel.extractor { $0.alignment.via = .direct }
        let terms = try terms(posts, direct)
        #expect(terms.text == nil && terms.picture?.players.owners == [0, 0, 1, 2])
    }
}
