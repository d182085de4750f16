import Foundation
import Support

/// A row's seeds as a sample of all that could have been: their mean F1 and its variance on the posts at hand.
struct SeedSample {
    /// The micro F1 of each seed, the mean over seeds.
    let meanF1: Double
    /// The derivative of the mean F1 by the weight of each post, times the number of posts: `[posts]`; their sum is 0.
    let influences: [Double]
    /// The variance of the mean F1 over draws of seeds, at least ``interaction``; 0 for one seed.
    let variance: Double
    /// The part of ``variance`` that comes of seeds failing on different posts; 0 for one seed.
    let interaction: Double

    private let seeds: [[Score]]

    /// - Parameter seeds: `[seeds][posts]`, at least one.
    init(_ seeds: [[Score]]) {
        let f1 = seeds.map { $0.indices.f1(in: $0) }
        // [seeds][posts]; F1 is a ratio of sums over posts.
        let influences = seeds.map { posts in
            let total = posts.reduce(into: Score()) { $0 += $1 }
            let items = Double(max(total.gold + total.predicted, 1)) / Double(posts.count)
            return posts.map { (2 * Double($0.correct) - total.f1 * Double($0.gold + $0.predicted)) / items }
        }
        let ofPosts = seeds[0].indices.map { post in influences.map { $0[post] } }
        let (count, posts) = (Double(seeds.count), Double(ofPosts.count))
        let byChance = ofPosts.reduce(0) { $0 + $1.variance }
        self.seeds = seeds
        self.influences = ofPosts.map(\.mean)
        meanF1 = f1.mean
        interaction = posts < 2 ? 0 : byChance / (posts - 1) / posts / count
        variance = max(f1.variance / count, interaction)
    }

    /// The mean F1 over seeds on the posts of these numbers, a post as often as it is named.
    func meanF1(on posts: [Int]) -> Double { seeds.map { posts.f1(in: $0) }.mean }

    /// Draws as many seeds as there are from a normal distribution.
    /// - Returns: how far their mean is from the true one, and the variance of a mean that they themselves show.
    func draw(using generator: inout SplitMix64) -> (deviation: Double, variance: Double) {
        let count = Double(seeds.count)
        let scale = (variance * count).squareRoot()
        let draws = seeds.map { _ in scale * generator.normal() }
        return (draws.mean, draws.variance / count)
    }
}

extension Collection<Int> {
    /// The micro F1 over the posts of these numbers.
    fileprivate func f1(in posts: [Score]) -> Double { reduce(into: Score()) { $0 += posts[$1] }.f1 }
}

extension [Double] {
    fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

    /// The sample variance (divided by count - 1); 0 where there are not two values.
    var variance: Double {
        let mean = mean
        return count < 2 ? 0 : reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    }
}

extension SplitMix64 {
    /// A draw from the standard normal distribution, by Box and Muller.
    fileprivate mutating func normal() -> Double {
        let radius = (-2 * log(1 - fraction())).squareRoot()
        return radius * cos(2 * .pi * fraction())
    }

    /// A draw from 0 up to 1.
    private mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
