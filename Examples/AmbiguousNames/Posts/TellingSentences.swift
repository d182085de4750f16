extension Subject {
    /// Sentences about one name, which stands for `_`, that fit no other subject: they tell what is named, whatever the
    /// picture shows.
    var tellingSentences: [String] {
        switch self {
        case .dog:
            [
                "walked _ twice today and he still pulls on the leash", "_ barks at the mailman every single morning",
                "vet says _ needs a flea collar and fewer treats", "_ buried another bone in my flower bed",
                "who 's a good boy ? _ , tail wagging", "threw the ball for _ and got a wet stick back",
                "_ sheds so much fur I could knit a second puppy", "belly rubs for _ # dogsofinstagram",
                "_ howls whenever the doorbell rings", "our puppy _ chewed up another pair of slippers",
            ]
        case .person:
            [
                "had lunch with _ , she told me about her new job", "congrats to _ on finishing her PhD",
                "my neighbor _ plays the trumpet in his garage", "sat next to _ in math class for three years",
                "_ got down on one knee and proposed to his girlfriend", "our teacher _ retires this summer",
                "_ broke her arm skiing , get well soon", "my cousin _ just passed his driving test",
                "_ forgot her lines on stage and laughed it off", "cooking with _ and his grandmother # family",
            ]
        case .place:
            [
                "heavy snow in _ tonight , schools stay shut", "rented a flat in downtown _ for the summer",
                "the museums in _ are free on Sundays", "booked a hotel in _ with a view of the harbor",
                "the population of _ keeps growing", "stuck on the highway 20 miles south of _",
                "the mayor of _ opened a new bridge", "my train to _ is delayed again # commute",
                "sunset over the rooftops of _", "born and raised in _ , never moved away",
            ]
        case .company:
            [
                "_ cuts 500 jobs and closes two factories", "the CEO of _ steps down in March",
                "_ stock is up 8 % after the earnings call", "customer service at _ still owes me a refund",
                "the new phone by _ has a terrible battery", "_ buys its biggest rival for 2 billion dollars",
                "_ billed my credit card twice this month # scam", "shareholders of _ get a bigger dividend",
                "_ goes public on the stock exchange in May", "got an internship at the headquarters of _",
            ]
        }
    }
}
