import Support

/// The tags of all splits of a dataset, from which the scheme is told that they are written in.
struct TagSurvey {
    /// A tag behind another one; nil stands for the start and the end of a post.
    private struct Transition: Hashable {
        var from: String?
        var to: String?
    }

    /// Where each pair of neighbours is seen first.
    private var transitions: [Transition: SourceLocation] = [:]
    private var tags: Set<String> = []
    private var previous: String?

    /// More tags than any scheme has: the columns are something else.
    private static let mostTags = 1000

    /// Takes in the tag of the next word of a post.
    mutating func add(_ tag: String, at location: SourceLocation) {
        guard tags.count <= Self.mostTags else { return }
        tags.insert(tag)
        note(tag, at: location)
    }

    /// Ends a post.
    mutating func endPost(at location: SourceLocation) {
        if previous != nil { note(nil, at: location) }
    }

    private mutating func note(_ tag: String?, at location: SourceLocation) {
        let transition = Transition(from: previous, to: tag)
        if transitions[transition] == nil { transitions[transition] = location }
        previous = tag
    }

    /// The one scheme that all tags follow, which is BIO in every doubtful case; and the first place that speaks against
    /// the scheme whose letters they have.
    func scheme() -> (scheme: TagScheme, objection: String?) {
        guard tags.count <= Self.mostTags,
            let form = TagScheme.Form.allCases.first(where: { form in tags.allSatisfy { form.split($0) != nil } })
        else { return (.bio, nil) }
        let letters = Set(tags.compactMap { form.split($0)?.letter }).subtracting(["O"])
        let scheme: TagScheme
        switch letters {
        case let some where some.isEmpty: return (.bio, nil)
        case let some where some.isSubset(of: ["B", "I"]):
            let isIOB1 = objection(to: TagScheme(letters: .iob1, form: form)) == nil && letters == ["B", "I"]
            return (TagScheme(letters: isIOB1 && hasOpenStart(form) ? .iob1 : .iob2, form: form), nil)
        case let some where some.isSubset(of: ["B", "I", "E", "S"]) && (some.contains("S") || some.contains("B")):
            scheme = TagScheme(letters: .bioes, form: form)
        case let some where some.isSubset(of: ["B", "I", "L", "U"]) && (some.contains("U") || some.contains("B")):
            scheme = TagScheme(letters: .bilou, form: form)
        default: return (.bio, nil)
        }
        guard let objection = objection(to: scheme) else { return (scheme, nil) }
        return (.bio, objection)
    }

    /// Whether an entity begins with `I`.
    private func hasOpenStart(_ form: TagScheme.Form) -> Bool {
        transitions.keys.contains { transition in
            guard let to = transition.to.flatMap(form.split), to.letter == "I" else { return false }
            return transition.from.flatMap(form.split)?.type != to.type
        }
    }

    /// The first place where the tags do not follow a scheme, in words.
    private func objection(to scheme: TagScheme) -> String? {
        let broken = transitions.filter { !scheme.allows($0.key.from, $0.key.to) }
        let first = broken.min { ($0.value.file, $0.value.line) < ($1.value.file, $1.value.line) }
        return first.map { transition, location in
            let (from, to) = (transition.from?.quoted ?? "the start", transition.to?.quoted ?? "the end")
            return "not \(scheme) either, for \(to) follows \(from) at \(location)"
        }
    }
}

extension TagScheme {
    /// Whether a tag may stand behind another in a scheme other than BIO, where nil is the start and the end of a post.
    fileprivate func allows(_ from: String?, _ to: String?) -> Bool {
        let (left, right) = (from.flatMap(form.split), to.flatMap(form.split))
        let sameType = left?.type != nil && left?.type == right?.type
        if letters == .iob1 { return right?.letter != "B" || sameType }
        let isOpen = left?.letter == "B" || left?.letter == "I"
        let continues = right.map { ["I", "E", "L"].contains($0.letter) } ?? false
        return isOpen == continues && (!isOpen || sameType)
    }
}
