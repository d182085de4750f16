/// Sentences as people write them. Every name fits every sentence and every sentence fits a dog, a person, a place and a
/// company, so that only the picture tells what is named; `Subject.tellingSentences` are those that tell it themselves.
enum Wording {
    /// Names that dogs, people, places and companies have.
    static let names = [
        "Rocky", "Jordan", "Phoenix", "Chelsea", "Sydney", "Madison", "Austin", "Duke", "Aurora", "Victoria", "Dakota",
        "Lincoln", "Mercedes", "Paris", "Savannah", "Denver", "Hudson", "Orlando", "Florence", "Bailey",
        "Saint George", "Santa Rosa", "Lady Luck", "Big Sky",
    ]

    /// Sentences about one name, which stands for `_`.
    static let aboutOne = [
        "ca n't stop thinking about _ today", "_ looks amazing this morning", "what a day with _ !",
        "I really miss _", "so happy to see _ again", "_ never disappoints", "everybody should know about _",
        "no place for doubt , I love _", "good morning from _", "_ made my week # grateful", "still not over _",
        "this is why _ is the best", "RT @sunny : _ is having a great year", "found an old photo of _",
        "my heart belongs to _ <3", "how can anyone not like _ ?", "guess who is back : _",
        "_ deserves better than this", "the weekend starts with _", "thank you _ for everything",
        "a big day for _ # throwback", "just one more picture of _ , promise", "they told me about _ years ago",
        "forever a fan of _",
    ]

    /// Sentences about two names of the same kind.
    static let aboutTwo = [
        "_ or _ , I ca n't decide", "first _ , then _ # goals", "_ is great but I prefer _",
        "not sure if this is _ or _", "from _ to _ with love", "everyone talks about _ and _ now",
    ]

    /// Sentences that name nothing.
    static let aboutNone = [
        "what a day !", "I need more coffee", "this made me smile today", "no words # speechless",
        "can it be Friday already ?", "good things take time", "look at this", "still ca n't believe it",
        "some pictures say it all", "happy new week everyone",
    ]

    /// Posts as people write them, to find names in.
    static let samples = [
        "Good morning from Rocky! ☀️", "First Phoenix, then Madison #goals",
        "@sunny can't stop thinking about Saint George",
    ]
}

/// A sentence with its words apart, and where the names are.
struct Sentence {
    private(set) var words: [String] = []
    private(set) var nameSpans: [Range<Int>] = []

    /// Puts names, in their order, where the template has `_`.
    init(template: String, names: [String]) {
        var remaining = names[...]
        for word in template.split(separator: " ") {
            if word == "_", let name = remaining.popFirst() {
                let parts = name.split(separator: " ").map(String.init)
                nameSpans.append(words.count..<words.count + parts.count)
                words += parts
            } else {
                words.append(String(word))
            }
        }
    }
}
