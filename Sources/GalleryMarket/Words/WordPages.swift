import Foundation
import GalleryDatabase
import GalleryModel
import GalleryServing
import HTTPTypes
import Hummingbird
import NIOCore

/// `/console/words`: the lists of words that may not be shown.
struct WordPages: Sendable {
    let words: Words
    let database: any Database
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/console/words") { request, context in
            try await answer(WordsPage.Answered(), request, context)
        }
        router.get("/console/words/export", use: export)
        router.post("/console/words", use: add)
        router.post("/console/words/removal", use: remove)
        router.post("/console/words/trial", use: tryText)
    }

    @Sendable private func add(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let text = form["words"] ?? ""
        let list = WordList(rawValue: form["list"] ?? "") ?? .other
        do {
            let count = try await words.add(Self.lines(of: text), to: list, by: context.viewer, in: database)
            let flash = context.say("words.added", count: count)
            return pages.redirect(to: "/console/words?list=\(list.rawValue)", flash: flash, request, context)
        } catch let error as WordsError {
            var answered = WordsPage.Answered()
            answered.words = FormField(text, error: context.say(error.problem))
            answered.list = list
            return try await answer(answered, status: .unprocessableContent, request, context)
        }
    }

    /// One word a line; lines that begin with `#` are remarks.
    private static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    @Sendable private func remove(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        let count = try await words.remove(form.values("word"), by: context.viewer, in: database)
        let back = Pages.localPath(form["back"]).flatMap { $0.hasPrefix("/console/words") ? $0 : nil }
        return pages.redirect(
            to: back ?? "/console/words",
            flash: context.say("words.removed", count: count),
            request,
            context
        )
    }

    @Sendable private func tryText(_ request: Request, context: GalleryContext) async throws -> Response {
        let form = try await pages.form(request, context)
        var answered = WordsPage.Answered()
        answered.trial = form["text"] ?? ""
        answered.hits = try await words.trial(of: answered.trial, by: context.viewer, in: database)
        return try await answer(answered, request, context)
    }

    private func answer(
        _ answered: WordsPage.Answered,
        status: HTTPResponse.Status = .ok,
        _ request: Request,
        _ context: GalleryContext
    ) async throws -> Response {
        try Administrators.demand(context.viewer)
        let query = try request.query()
        let list = try query.choice("list", WordList.self)
        let search = query["q"] ?? ""
        let found = try await words.list(
            list,
            containing: search,
            after: query["cursor"] ?? "",
            by: context.viewer,
            in: database
        )
        let counts = try await words.counts(by: context.viewer, in: database)
        let page = WordsPage(
            list: list,
            search: search,
            counts: counts,
            words: found.words,
            next: found.next,
            answered: answered,
            context
        )
        return try await pages.answer(page, title: context.say("words.title"), status: status, request, context)
    }

    /// A list as text, one word a line, as the form takes it.
    @Sendable private func export(_ request: Request, context: GalleryContext) async throws -> Response {
        try Administrators.demand(context.viewer)
        let list = try request.query().choice("list", WordList.self)
        var text = ""
        var place: String? = ""
        while let after = place {
            let page = try await words.list(list, after: after, limit: 1000, by: context.viewer, in: database)
            for word in page.words { text += word.word + "\n" }
            place = page.next
        }
        let headers: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .contentLength: String(text.utf8.count),
            .contentDisposition: "attachment; filename=\"words-\(list?.rawValue ?? "all").txt\"",
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// `templates/console/words.mustache`
struct WordsPage: Page {
    static let template = "console/words"

    /// What a form was answered with.
    struct Answered: Sendable {
        var words: FormField?
        var list: WordList?
        /// A text that was tried.
        var trial = ""
        /// Nil where none was.
        var hits: [WordTrialHit]?
    }

    struct Hit: Sendable {
        let word: String
        let text: String
    }

    let menu: [SideEntry]
    let tabs: [Tab]
    let search: String
    let chosen: String?
    let exportPath: String
    let lists: [FormChoice]
    let words: FormField
    let isOpen: Bool
    let rows: [Row]
    let hasRows: Bool
    let isSearch: Bool
    let pager: Pager?
    let trial: String
    let hits: [Hit]
    let isTried: Bool
    let isClean: Bool

    struct Row: Sendable {
        let word: String
        let list: String
        let id: String
    }

    init(
        list: WordList?,
        search: String,
        counts: [WordList: Int],
        words found: [ListedWord],
        next: String?,
        answered: Answered,
        _ context: GalleryContext
    ) {
        let formats = context.formats
        let address = { (list: WordList?, cursor: String?) in
            let parts = [("list", list?.rawValue), ("q", search.isEmpty ? nil : search), ("cursor", cursor)]
            let query = parts.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
            return "/console/words" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        }
        menu = ConsoleMenu.entries("words", context)
        let all = Tab(
            context.say("words.list.all"),
            address(nil, nil),
            count: formats.number(counts.values.reduce(0, +)),
            isCurrent: list == nil
        )
        tabs =
            [all]
            + WordList.allCases.map { choice in
                Tab(
                    context.say("words.list.\(choice.rawValue)"),
                    address(choice, nil),
                    count: formats.number(counts[choice] ?? 0),
                    isCurrent: choice == list
                )
            }
        self.search = search
        chosen = list?.rawValue
        exportPath = "/console/words/export" + (list.map { "?list=\($0.rawValue)" } ?? "")
        let preferred = answered.list ?? list ?? .other
        lists = WordList.allCases.map {
            FormChoice($0.rawValue, context.say("words.list.\($0.rawValue)"), isChosen: $0 == preferred)
        }
        words = answered.words ?? FormField()
        isOpen = answered.words != nil || (counts.isEmpty && answered.hits == nil)
        rows = found.enumerated().map { index, word in
            Row(word: word.word, list: context.say("words.list.\(word.list.rawValue)"), id: "word-\(index)")
        }
        hasRows = !rows.isEmpty
        isSearch = !search.isEmpty
        pager = next.map { Pager(first: nil, next: address(list, $0)) }
        trial = answered.trial
        hits = (answered.hits ?? []).map { Hit(word: $0.word, text: $0.text) }
        isTried = answered.hits != nil
        isClean = answered.hits?.isEmpty == true
    }
}
