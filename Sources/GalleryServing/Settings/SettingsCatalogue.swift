import Foundation

/// Every setting there is, in the order of the reference.
package enum SettingsCatalogue {
    package static let all: [Setting] = site + server + storage + web + limits + features + mail + compute + logging

    package static func setting(_ key: String) -> Setting? { all.first { $0.key == key } }

    private static let site: [Setting] = [
        .text(
            "site.name",
            \.site.name,
            fault: { name in
                let isPlain = !name.contains { $0.isNewline || $0 == "\t" } && name.first != " " && name.last != " "
                return isPlain && (1...40).contains(name.count) ? nil : "must have 1 to 40 characters on one line"
            },
            "The name of the gallery, in its head and its titles. An administrator may change it where it is not set here."
        ),
        .choice(
            "site.language",
            \.site.language,
            "The language for whoever asks for none that there is. An administrator may change it where it is not set here."
        ),
    ]

    private static let server: [Setting] = [
        .text(
            "server.host",
            \.server.host,
            fault: { $0.isEmpty ? "must name an address, such as 127.0.0.1 or 0.0.0.0" : nil },
            "The address to listen on; `0.0.0.0` or `::` for all."
        ),
        .integer("server.port", \.server.port, 0...65535, "The TCP port; 0 picks a free one."),
        .text(
            "server.publicURL",
            \.server.publicURL,
            fault: publicURLFault,
            "The address people use, such as `https://gallery.example.org`; empty means the one each request names in `Host`."
        ),
        .truth(
            "server.trustsProxy",
            \.server.trustsProxy,
            "Whether a proxy in front sets `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For`, to be believed."
        ),
        .integer(
            "server.maximumConnections",
            \.server.maximumConnections,
            1...1_000_000,
            "Connections open at once; more wait."
        ),
        .integer(
            "server.idleSeconds",
            \.server.idleSeconds,
            1...3600,
            "Seconds after which a connection that moves no byte, between requests or within one, is closed."
        ),
        .integer(
            "server.shutdownSeconds",
            \.server.shutdownSeconds,
            0...3600,
            "Seconds that requests and jobs in flight get to finish when the server is told to stop."
        ),
        .choice(
            "server.metrics",
            \.server.metrics,
            "Who may read `/metrics`: callers on this machine, everyone, or nobody."
        ),
    ]

    private static let storage: [Setting] = [
        .text(
            "storage.root",
            \.storage.root,
            fault: { $0.isEmpty ? "must name a folder" : nil },
            "The data folder: database, content, keys. Also given as `--data`."
        ),
        .integer(
            "storage.minimumFreePercent",
            \.storage.minimumFreePercent,
            0...90,
            "Writes are refused (507) when less of the disk is free."
        ),
        .text(
            "storage.accelRedirect",
            \.storage.accelRedirect,
            fault: { $0.isEmpty || ($0.hasPrefix("/") && $0.hasSuffix("/")) ? nil : "must start and end with a slash" },
            "Behind nginx: its `internal` location over the data folder, such as `/gallery-data/`, so that nginx sends the files. "
                + "Empty: this program sends them."
        ),
        .text(
            "database.url",
            \.database.url,
            fault: databaseFault,
            "Empty for SQLite in the data folder, or `postgres://user:password@host:5432/name`."
        ),
        .integer("database.connections", \.database.connections, 1...500, "Connections to the database."),
    ]

    private static let web: [Setting] = [
        .text(
            "web.root",
            \.web.root,
            "The folder with the pages' templates, styles and texts; empty means the one that came with the program."
        ),
        .choice(
            "web.reload",
            \.web.reload,
            "Whether pages change when their files do; automatic means in builds for development."
        ),
    ]

    private static let limits: [Setting] = [
        .bytes("limits.fileBytes", \.limits.fileBytes, "The largest file."),
        .bytes(
            "limits.repositoryBytes",
            \.limits.repositoryBytes,
            "The most a repository may hold, over its whole history."
        ),
        .bytes("limits.bodyBytes", \.limits.bodyBytes, "The largest JSON or form body of a request."),
        .bytes(
            "limits.commitBytes",
            \.limits.commitBytes,
            "The largest body of a commit that carries small files along."
        ),
    ]

    private static let features: [Setting] = [
        .choice(
            "publishing.policy",
            \.publishing.policy,
            "What happens when somebody makes a repository public: it is public at once, or after a review. "
                + "An administrator may change it where it is not set here."
        ),
        .truth(
            "publishing.visibilityOnlyWidens",
            \.publishing.visibilityOnlyWidens,
            "Whether the visibility of a published asset can only be widened: from its owner over named users to everyone."
        ),
        .truth(
            "identity.allowsSignUp",
            \.identity.allowsSignUp,
            "Whether visitors may create accounts. An administrator may change it where it is not set here."
        ),
        .integer(
            "identity.sessionHours",
            \.identity.sessionHours,
            1...8760,
            "Hours for which a browser stays signed in."
        ),
        .integer("growth.checkInPoints", \.growth.checkInPoints, 1...1000, "Growth points for a daily check-in."),
        .integer(
            "growth.publicationPoints",
            \.growth.publicationPoints,
            1...1000,
            "Growth points for publishing an asset, once for each asset."
        ),
        .integer(
            "growth.publicationsPerDay",
            \.growth.publicationsPerDay,
            0...1000,
            "Publications of one account that bring growth points on one day."
        ),
        .text(
            "growth.timeZone",
            \.growth.timeZone,
            fault: { TimeZone(identifier: $0) == nil ? "must name a time zone, such as Asia/Shanghai" : nil },
            "The time zone by which a day begins, for check-ins."
        ),
        .truth(
            "webhooks.allowsPrivateAddresses",
            \.webhooks.allowsPrivateAddresses,
            "Whether webhooks may call addresses of this machine and of the private network."
        ),
        .integer(
            "webhooks.timeoutSeconds",
            \.webhooks.timeoutSeconds,
            1...120,
            "Seconds that a webhook's receiver has to answer."
        ),
        .integer(
            "jobs.workers",
            \.jobs.workers,
            0...64,
            "Background jobs at once in this program; 0 leaves them to others."
        ),
    ]

    private static let mail: [Setting] = [
        .text(
            "mail.host",
            \.mail.host,
            fault: { $0.contains { "/?#@ ".contains($0) } ? "must be the name or address of a mail server" : nil },
            "The mail server; empty keeps mails in the outbox, where operators read them."
        ),
        .integer("mail.port", \.mail.port, 1...65535, "Its port."),
        .choice(
            "mail.security",
            \.mail.security,
            "How the way to it is kept secret: TLS from the start, STARTTLS and nothing without it, or not at all."
        ),
        .text("mail.user", \.mail.user, "The account at the mail server; empty for none."),
        .text("mail.password", \.mail.password, isSecret: true, "Its password."),
        .text(
            "mail.authorities",
            \.mail.authorities,
            "A file of certificate authorities to trust for the mail server; empty for the system's."
        ),
        .text(
            "mail.from",
            \.mail.from,
            fault: { $0.split(separator: "@").count == 2 ? nil : "must be an e-mail address" },
            "The address that mails come from."
        ),
        .text("mail.fromName", \.mail.fromName, "The name shown with it."),
        .integer("mail.timeoutSeconds", \.mail.timeoutSeconds, 1...300, "Seconds that one mail may take."),
        .integer(
            "mail.gatherSeconds",
            \.mail.gatherSeconds,
            0...3600,
            "Seconds for which notifications are gathered before they are mailed."
        ),
        .integer(
            "mail.pauseMinutes",
            \.mail.pauseMinutes,
            0...1440,
            "Minutes between two mails with notifications to one account; what happens meanwhile comes in one."
        ),
    ]

    private static let compute: [Setting] = [
        .integer(
            "compute.freeHoursPerWeek",
            \.compute.freeHoursPerWeek,
            0...168,
            "Hours for which an account may use free flavors from Monday to Sunday (UTC), all its runs together."
        ),
        .text(
            "compute.workers",
            \.compute.workers,
            "The Python environment that fine-tuning and serving run in, as `scripts/setup-workers` makes it; empty means `.venv-workers` beside the pages' folder. The nodes of a cluster need it at the same path."
        ),
        .bytes(
            "compute.diskBytes",
            \.compute.diskBytes,
            "The most that a run's working folder and its checkpoints may take on a disk; a run that takes more is ended."
        ),
        .choice(
            "compute.launcher",
            \.compute.launcher,
            "Where workers run: as processes of this machine, or on the nodes of a Ray cluster."
        ),
        .text(
            "compute.address",
            \.compute.address,
            fault: publicURLFault,
            "How workers on other machines reach this gallery, such as `http://10.0.0.5:8080`; empty means `server.publicURL`. Workers on this machine need none."
        ),
        .text(
            "compute.ray.address",
            \.compute.ray.address,
            fault: publicURLFault,
            "The dashboard of the Ray cluster, which takes jobs, such as `http://10.0.0.7:8265`; needed where `compute.launcher` is `ray`."
        ),
        .text(
            "compute.ray.token",
            \.compute.ray.token,
            isSecret: true,
            "The cluster's token, which its nodes have as `RAY_AUTH_TOKEN`. Workers never see it."
        ),
        .text(
            "compute.ray.folder",
            \.compute.ray.folder,
            fault: {
                $0.hasPrefix("/") && !$0.contains(where: \.isWhitespace)
                    ? nil : "must be an absolute path without spaces"
            },
            "Where runs work on the nodes. Shared between the nodes, a run goes on from its last checkpoint on another one."
        ),
        .text(
            "compute.packages.index",
            \.compute.packages.index,
            fault: {
                $0.isEmpty || isWebAddress($0) ? nil : "must be empty or an address, such as https://pypi.org/simple"
            },
            "The package index for what custom models ask for in `requirement.txt`, by its simple API; empty: models that ask for packages are not trained."
        ),
        .text(
            "compute.packages.hosts",
            \.compute.packages.hosts,
            "Hosts besides the index's own on which its files lie, as `host` or `host:port`, parted by blanks. Installing reaches these alone."
        ),
        .text(
            "compute.packages.proxy",
            \.compute.packages.proxy,
            isSecret: true,
            fault: { proxy in
                proxy.isEmpty || proxy.hasPrefix("http://") && isWebAddress(proxy)
                    ? nil : "must be empty or an address, such as http://proxy.example.org:3128"
            },
            "The HTTP proxy by which the package index is reached; it may hold a name and a password. Empty: none."
        ),
        .text(
            "billing.currency",
            \.billing.currency,
            fault: {
                (1...8).contains($0.count) && $0.allSatisfy(\.isLetter) ? nil : "must be 1 to 8 letters, such as CNY"
            },
            "The currency of prices and balances; amounts are kept in millionths of it. Change it only while nothing is booked."
        ),
        .integer(
            "billing.graceHours",
            \.billing.graceHours,
            0...87_600,
            "Hours for which everything goes on when use could not be paid."
        ),
        .integer(
            "billing.retentionHours",
            \.billing.retentionHours,
            0...87_600,
            "Hours after them for which what is paid is frozen before it is released for good."
        ),
    ]

    private static let logging: [Setting] = [
        .choice("logging.level", \.logging.level, "The least important messages that are logged."),
        .choice("logging.format", \.logging.format, "How log lines look."),
    ]

    @Sendable private static func publicURLFault(_ text: String) -> String? {
        if text.isEmpty { return nil }
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
        let isHost = !rest.isEmpty && !rest.contains { "/?#@ ".contains($0) }
        return isHost ? nil : "must be http:// or https:// and a host, without a path"
    }

    @Sendable private static func isWebAddress(_ text: String) -> Bool {
        guard let url = URL(string: text), let host = url.host() else { return false }
        return (url.scheme == "https" || url.scheme == "http") && !host.isEmpty
    }

    @Sendable private static func databaseFault(_ text: String) -> String? {
        let known = text.isEmpty || ["postgres://", "postgresql://"].contains { text.hasPrefix($0) }
        return known ? nil : "must be empty or start with postgres://"
    }
}
