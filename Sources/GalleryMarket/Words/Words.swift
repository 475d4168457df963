package import Foundation
package import GalleryDatabase
import GalleryHub
package import GalleryModel
import Synchronization

/// The lists of words that may not be shown here, kept by operators, and the check of texts against them.
package struct Words: Sendable {
    let world: World
    private let memory = WordMemory()

    package init(world: World) {
        self.world = world
    }

    // MARK: Checking

    /// A text, and what it is called where its author is told of it.
    package struct Passage: Sendable {
        package var field: String
        package var text: String

        package init(_ field: String, _ text: String) {
            (self.field, self.text) = (field, text)
        }
    }

    /// Throws when one of the texts holds a listed word; within the transaction that keeps them.
    package func check(_ passages: [Passage], _ db: any SQLConnection) throws {
        let finder = try finder(db)
        guard !finder.isEmpty else { return }
        for passage in passages {
            if let hit = finder.hits(in: passage.text, limit: 1).first {
                throw WordsError.found(field: passage.field, text: hit.text)
            }
        }
    }

    /// Throws when the text holds a listed word.
    package func check(_ text: String, as field: String = "text", _ db: any SQLConnection) throws {
        try check([Passage(field, text)], db)
    }

    /// The listed words in a text, for reviewers; at most a few.
    package func hits(in text: String, _ db: any SQLConnection) throws -> [String] {
        try finder(db).hits(in: text, limit: 20).map(\.text)
    }

    /// Built anew when the lists have changed.
    private func finder(_ db: any SQLConnection) throws -> WordFinder {
        let edition = try db.value(Int.self, "SELECT edition FROM word_editions WHERE id = 1") ?? 0
        return try memory.finder(of: edition) { try db.values(String.self, "SELECT word FROM words ORDER BY word") }
    }

    // MARK: Keeping the lists

    /// Adds words to a list; those already there move to it. Answers how many words it was given.
    package func add(
        _ words: [String],
        to list: WordList,
        by viewer: Viewer,
        in database: any Database
    ) async throws -> Int {
        let now = world.now()
        let entries = try words.map { try WordEntry($0) }
        guard entries.count <= 5_000 else { throw WordsError.tooMany }
        return try await database.write { db in
            let account = try Self.mustKeepLists(viewer)
            for entry in entries {
                try db.execute(
                    """
                    INSERT INTO words (key, word, list, added_by, added_at)
                    VALUES (\(entry.key), \(entry.word), \(list), \(account.id), \(now))
                    ON CONFLICT (key) DO UPDATE SET word = excluded.word, list = excluded.list
                    """
                )
            }
            guard try db.value(Int.self, "SELECT COUNT(*) FROM words") ?? 0 <= 100_000 else { throw WordsError.tooMany }
            try noteChange("words.add", count: entries.count, list: list, by: account.id, db)
            return entries.count
        }
    }

    package func remove(_ words: [String], by viewer: Viewer, in database: any Database) async throws -> Int {
        let keys = try words.prefix(5_000).map { try WordEntry($0).key }
        return try await database.write { db in
            let account = try Self.mustKeepLists(viewer)
            var count = 0
            for key in keys { count += try db.execute("DELETE FROM words WHERE key = \(key)") }
            if count > 0 { try noteChange("words.remove", count: count, list: nil, by: account.id, db) }
            return count
        }
    }

    /// A part of the lists in the order of the words; `after` is the key of the last one seen.
    package func list(
        _ list: WordList?,
        containing search: String = "",
        after key: String = "",
        limit: Int = 100,
        by viewer: Viewer,
        in database: any Database
    ) async throws -> (words: [ListedWord], next: String?) {
        let limit = max(1, min(limit, 1000))
        let letters = WordText(search).letters.compactMap(Unicode.Scalar.init)
        let part = String(String.UnicodeScalarView(letters))
        return try await database.read { db in
            _ = try Self.mustKeepLists(viewer)
            var conditions: [SQL] = ["key > \(key)"]
            if let list { conditions.append("list = \(list)") }
            if !part.isEmpty { conditions.append("key LIKE \("%" + part + "%")") }
            let found = try db.rows(
                ListedWord.self,
                """
                SELECT key, word, list, added_at FROM words
                WHERE \(sql: conditions.joined(" AND ")) ORDER BY key LIMIT \(limit + 1)
                """
            )
            let shown = Array(found.prefix(limit))
            return (shown, found.count > limit ? shown.last?.key : nil)
        }
    }

    /// What a text would be refused for, as it is listed and as it was written; for operators who try their lists.
    package func trial(of text: String, by viewer: Viewer, in database: any Database) async throws -> [WordTrialHit] {
        try await database.read { db in
            _ = try Self.mustKeepLists(viewer)
            return try finder(db).hits(in: String(text.prefix(100_000)), limit: 20).map {
                WordTrialHit(word: $0.word, text: $0.text)
            }
        }
    }

    /// How many words each list has.
    package func counts(by viewer: Viewer, in database: any Database) async throws -> [WordList: Int] {
        try await database.read { db in
            _ = try Self.mustKeepLists(viewer)
            let found = try db.rows("SELECT list, COUNT(*) AS count FROM words GROUP BY list").map {
                (try $0.get("list", as: WordList.self), try $0.get("count", as: Int.self))
            }
            return Dictionary(found) { $1 }
        }
    }

    private func noteChange(
        _ action: String,
        count: Int,
        list: WordList?,
        by account: AccountID,
        _ db: any SQLConnection
    ) throws {
        try db.execute("UPDATE word_editions SET edition = edition + 1 WHERE id = 1")
        try db.audit(
            action,
            on: list?.rawValue ?? "all",
            by: account,
            detail: ["count": String(count)],
            world: world
        )
    }

    private static func mustKeepLists(_ viewer: Viewer) throws -> Viewer.Account {
        let account = try viewer.mustBeSignedIn()
        guard account.role == .admin || account.role == .reviewer else { throw Problem.notYours }
        guard viewer.scope.includes(.write), viewer.onlyRepo == nil else { throw Problem.notYours }
        return account
    }
}

/// What a list of words is about.
package enum WordList: String, Sendable, Codable, CaseIterable, SQLConvertible {
    case politics, superstition, contraband, abuse, other
}

/// A word as it is kept: for people as they wrote it, for the check by its letters.
struct WordEntry: Sendable {
    let word: String
    let key: String

    init(_ text: String) throws(WordsError) {
        word = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let letters = WordText(word).letters.compactMap(Unicode.Scalar.init)
        key = String(String.UnicodeScalarView(letters))
        // One Latin letter or digit alone would refuse every text.
        guard !letters.isEmpty, letters.count <= 64, letters.count > 1 || letters[0].value > 0x7F else {
            throw .badWord(word)
        }
    }
}

/// What the lists find in a text.
package struct WordTrialHit: Sendable, Equatable {
    /// As it is listed.
    package var word: String
    /// As it was written.
    package var text: String
}

/// A word of a list, as operators see it.
package struct ListedWord: Record, Equatable {
    package let key: String
    package let word: String
    package let list: WordList
    package let addedAt: Date

    package init(row: Row) throws {
        key = try row.get("key")
        word = try row.get("word")
        list = try row.get("list")
        addedAt = try row.get("added_at")
    }
}

/// The finder of the latest edition, shared by all who check.
private final class WordMemory: Sendable {
    private let state = Mutex<(edition: Int, finder: WordFinder)>((-1, WordFinder([])))

    func finder(of edition: Int, _ words: () throws -> [String]) throws -> WordFinder {
        let known = state.withLock { $0 }
        if known.edition == edition { return known.finder }
        let finder = WordFinder(try words())
        state.withLock { if $0.edition < edition { $0 = (edition, finder) } }
        return finder
    }
}
