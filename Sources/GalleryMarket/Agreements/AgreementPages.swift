import Foundation
import GalleryModel
import GalleryServing
import Hummingbird

/// `/agreements`: the texts that people accept.
struct AgreementPages: Sendable {
    let agreements: Agreements
    let pages: Pages

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/agreements") { request, context in
            pages.redirect(to: "/agreements/service", request, context)
        }
        router.get("/agreements/:agreement") { request, context in
            guard let kind = AgreementKind(rawValue: try context.segment("agreement")) else {
                throw Problem(.missing, "agreement-unknown", "There is no such agreement.")
            }
            let version = try request.query().integer("version", in: 1...1_000_000)
            let agreement = try await agreements.agreement(kind, version: version)
            var others: [AgreementBox] = []
            for other in AgreementKind.allCases where other != kind {
                others.append(AgreementBox(try await agreements.agreement(other), context))
            }
            let page = AgreementPage(agreement, others: others, context)
            return try await pages.answer(page, title: page.heading, request, context)
        }
    }
}

/// One agreement in the reader's language.
struct AgreementPage: Page {
    static let template = "agreements/agreement"

    let heading: String
    let version: String
    let since: Moment?
    let paragraphs: [String]
    let points: [String]
    let hasPoints: Bool
    let others: [AgreementBox]

    init(_ agreement: Agreement, others: [AgreementBox], _ context: GalleryContext) {
        let text = agreement.text(in: context.language.tag)
        heading = text.title
        version = String(agreement.version)
        let isFirst = agreement.createdAt.timeIntervalSince1970 == 0
        since = isFirst ? nil : context.formats.moment(agreement.createdAt, now: Date())
        let lines = text.body.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        points = lines.filter { Self.number(of: $0) != nil }.map { line in
            String(line.dropFirst((Self.number(of: line) ?? "").count)).trimmingCharacters(in: .whitespaces)
        }
        paragraphs = lines.filter { !$0.isEmpty && Self.number(of: $0) == nil }
        hasPoints = !points.isEmpty
        self.others = others
    }

    /// `1.` of a numbered line.
    private static func number(of line: String) -> String? {
        let digits = line.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && line.dropFirst(digits.count).hasPrefix(".") ? digits + "." : nil
    }
}
