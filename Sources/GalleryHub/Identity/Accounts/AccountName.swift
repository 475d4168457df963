import Foundation
import GalleryModel

/// The rules of account names, which are also the first part of addresses.
package enum AccountName {
    /// Names are unique and found without regard to case.
    package static func key(_ name: String) -> String { name.lowercased() }

    /// Why `name` cannot be an account's, or nil. Operators may take names that only sound official.
    static func fault(in name: String, chosenByOperator: Bool = false) -> AccountError? {
        guard (2...64).contains(name.utf8.count), RepoName.isValid(name), name.utf8.first != UInt8(ascii: "_") else {
            return .invalidName
        }
        let key = key(name)
        if routed.contains(key) || number(key) != nil { return .reservedName(name) }
        return official.contains(key) && !chosenByOperator ? .reservedName(name) : nil
    }

    /// The number in an account id such as `ur10001`.
    static func number(_ key: String) -> Int? {
        guard key.hasPrefix("ur"), key.utf8.count > 2, key.utf8.dropFirst(2).allSatisfy({ (48...57).contains($0) })
        else {
            return nil
        }
        return Int(key.dropFirst(2)) ?? .max
    }

    /// What a stranger must not call themselves.
    private static let official: Set<String> = [
        "about", "admin", "administrator", "ai-gallery", "aigallery", "audit", "community", "contact", "demo",
        "gallery", "guest", "host",
        "info", "mail", "official", "operator", "operators", "reviewer", "reviewers", "root", "security", "staff",
        "support", "system",
        "webmaster", "www",
    ]

    /// Every first part of an address that means something else, now or on the hub whose clients we serve.
    private static let routed: Set<String> = Set(
        RepoKind.allCases.flatMap { [$0.plural, $0.rawValue, $0.hubType] } + [
            "account", "accounts", "activity", "agreement", "agreements", "api", "apps", "article", "articles",
            "assets", "auth", "authorize",
            "avatars",
            "billing", "blog", "bucket", "buckets", "business", "cas", "chat", "collection", "collections", "compute",
            "clients", "console", "covers", "css", "design", "device", "discussions", "docs", "download", "downloads",
            "enterprise", "event", "events",
            "explore", "export", "favicon.ico", "files", "git", "group", "groups", "guide", "health", "healthz", "help",
            "home", "inference", "issues", "jobs", "join", "js", "kernel", "kernels", "learn", "lfs", "library",
            "login",
            "logout", "me", "media", "metrics", "my", "new", "news", "none", "notifications", "null", "oauth",
            "objects",
            "openapi.json", "organization", "organizations", "orgs", "papers", "partners", "password", "ping", "plans",
            "posts",
            "people", "pricing", "privacy", "problems", "profile", "public", "raw", "readyz", "register", "repos",
            "resolve", "review",
            "reviews",
            "resource", "resources", "robots.txt", "run", "runs", "scripts", "search", "services", "session",
            "sessions",
            "settings", "setup", "shards", "sign-in", "sign-out", "sign-up", "signin", "signout", "signup", "simple",
            "sitemap.xml", "solutions", "static", "status", "storage", "styles", "subscription", "subscriptions", "tag",
            "tags", "tasks", "team",
            "teams",
            "telemetry", "terms", "token", "tokens", "training", "tree", "trending", "undefined", "unsubscribe",
            "upload", "uploads",
            "user", "users", "v1", "v2", "v3", "web", "webhook", "webhooks", "wiki", "xet", "xorbs",
        ]
    )
}
