import GalleryDatabase
import GalleryModel
import GalleryServing
import HTTPTypes

/// The word lists over `/api/v1`, for those who keep them.
struct WordRoutes: Sendable {
    let words: Words
    let database: any Database

    func add(to api: APIRoutes) {
        api.group("Word lists") { api in
            api.get(
                "words",
                "The words that may not be shown",
                for: .reviewers,
                query: [.choice("list", WordList.self, "One list."), .text("q", "A part of them.")]
                    + APIParameter.paging,
                answers: APIPage<WordBody>.self
            ) { call in
                let (query, paging) = (try call.query(), try call.paging())
                let page = try await words.list(
                    list(query["list"]),
                    containing: query["q"] ?? "",
                    after: paging.cursor ?? "",
                    limit: paging.limit,
                    by: call.viewer,
                    in: database
                )
                return APIPage(
                    items: page.words.map { WordBody(word: $0.word, list: $0.list.rawValue) },
                    next: page.next
                )
            }
            api.send(
                .post,
                "words",
                "Add words to a list",
                for: .reviewers,
                body: WordsBody.self,
                answers: WordCountBody.self
            ) { call in
                guard let list = try list(call.body.list) else { throw WordsError.badWord("") }
                return WordCountBody(
                    count: try await words.add(call.body.words, to: list, by: call.viewer, in: database)
                )
            }
            api.send(
                .post,
                "words/removal",
                "Take words off the lists",
                for: .reviewers,
                body: RemovedWordsBody.self,
                answers: WordCountBody.self
            ) { call in
                WordCountBody(count: try await words.remove(call.body.words, by: call.viewer, in: database))
            }
            api.send(
                .post,
                "words/trial",
                "What a text would be refused for",
                for: .reviewers,
                body: TrialBody.self,
                answers: TrialAnswer.self
            ) {
                call in
                let hits = try await words.trial(of: call.body.text, by: call.viewer, in: database)
                return TrialAnswer(found: hits.map { TrialAnswer.Hit(word: $0.word, text: $0.text) })
            }
        }
    }

    private func list(_ name: String?) throws -> WordList? {
        guard let name, !name.isEmpty else { return nil }
        guard let list = WordList(rawValue: name) else {
            let names = WordList.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid("choice-unknown", "'list' is one of \(names).")
        }
        return list
    }
}

struct WordBody: Codable, Sendable {
    var word: String
    var list: String
}

struct WordsBody: Codable, Sendable {
    var list: String
    var words: [String]
}

struct RemovedWordsBody: Codable, Sendable {
    var words: [String]
}

struct WordCountBody: Codable, Sendable {
    var count: Int
}

struct TrialBody: Codable, Sendable {
    var text: String
}

struct TrialAnswer: Codable, Sendable {
    struct Hit: Codable, Sendable {
        /// As it is listed.
        var word: String
        /// As it was written.
        var text: String
    }

    var found: [Hit]
}

extension WordsBody: APILimited {
    static let limits: [String: APILimit] = ["list": .choice(WordList.self), "words": .items(5_000)]
}

extension RemovedWordsBody: APILimited {
    static let limits: [String: APILimit] = ["words": .items(5_000)]
}
