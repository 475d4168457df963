package import Foundation
package import GalleryDatabase

/// What people agree to before they publish, subscribe or apply.
package enum AgreementKind: String, Sendable, Codable, CaseIterable, SQLConvertible {
    /// What is published and by whom it may be used (《数字内容发布协议》).
    case publishing
    /// How this gallery is used (《AI Gallery 服务协议》).
    case service
    /// The risks of using what others published (《数据安全与隐私风险承担条款》).
    case data
}

/// What somebody is about to do that takes agreements.
package enum AgreementOccasion: String, Sendable, CaseIterable {
    case onboarding, publishing, subscribing, applying

    package var kinds: [AgreementKind] {
        switch self {
        case .onboarding, .publishing: [.publishing, .service]
        case .subscribing: [.data, .service]
        case .applying: [.service, .data]
        }
    }
}

/// A text in two languages; a change of either makes a new version, which has to be accepted anew.
package struct Agreement: Record, Equatable {
    package struct Text: Sendable, Equatable, Codable {
        package var title: String
        /// Markdown.
        package var body: String

        package init(title: String, body: String) {
            self.title = title
            self.body = body
        }
    }

    package let kind: AgreementKind
    /// Counts up from 1.
    package let version: Int
    package let chinese: Text
    package let english: Text
    package let createdAt: Date

    package func text(in language: String) -> Text { language.hasPrefix("zh") ? chinese : english }

    init(kind: AgreementKind, version: Int, chinese: Text, english: Text, createdAt: Date) {
        self.kind = kind
        self.version = version
        self.chinese = chinese
        self.english = english
        self.createdAt = createdAt
    }

    package init(row: Row) throws {
        kind = try row.get("kind")
        version = try row.get("version")
        chinese = try Text(title: row.get("title_zh"), body: row.get("body_zh"))
        english = try Text(title: row.get("title_en"), body: row.get("body_en"))
        createdAt = try row.get("created_at")
    }
}
