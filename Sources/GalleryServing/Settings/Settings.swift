/// Everything an operator may choose, read once at start; `SettingsCatalogue` gives each its key and words.
package struct Settings: Sendable, Equatable {
    package var site = Site()
    package var server = Server()
    package var storage = Storage()
    package var database = Database()
    package var web = Web()
    package var limits = Limits()
    package var publishing = Publishing()
    package var identity = Identity()
    package var growth = Growth()
    package var webhooks = Webhooks()
    package var mail = Mail()
    package var compute = Compute()
    package var billing = Billing()
    package var jobs = Jobs()
    package var logging = Logging()

    package init() {}

    package struct Site: Sendable, Equatable {
        /// What the gallery calls itself.
        package var name = "AI Gallery"
        /// For those whose browser asks for none that we have.
        package var language = Language.english
    }

    package struct Server: Sendable, Equatable {
        package var host = "127.0.0.1"
        package var port = 8080
        /// The address people use, where a proxy hides it; empty means the one each request names.
        package var publicURL = ""
        /// Believe `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For`.
        package var trustsProxy = false
        package var maximumConnections = 4096
        /// Seconds a connection may stand still: between requests, within a request, or with an answer nobody takes.
        package var idleSeconds = 75
        /// Seconds that requests in flight get to finish when the server stops.
        package var shutdownSeconds = 30
        package var metrics = MetricsAudience.local

        package enum MetricsAudience: String, Sendable, CaseIterable {
            case local, everyone, nobody
        }
    }

    package struct Storage: Sendable, Equatable {
        /// The data folder.
        package var root = "data"
        /// Writes are refused when less of the disk is free.
        package var minimumFreePercent = 5
        /// The internal location of a proxy that sends files itself; empty means that this program sends them.
        package var accelRedirect = ""
    }

    package struct Database: Sendable, Equatable {
        /// Empty for SQLite in the data folder, or `postgres://…`.
        package var url = ""
        /// Connections held open for reading (SQLite) or in all (PostgreSQL).
        package var connections = 8
    }

    package struct Web: Sendable, Equatable {
        package enum Reload: String, Sendable, CaseIterable {
            /// In builds for development.
            case automatic
            case always, never

            package var isOn: Bool {
                #if DEBUG
                    self != .never
                #else
                    self == .always
                #endif
            }
        }

        /// The folder of templates, styles, scripts and texts; empty for the one that came with the program.
        package var root = ""
        package var reload = Reload.automatic
    }

    package struct Limits: Sendable, Equatable {
        package var fileBytes: Int64 = 5_000_000_000
        package var repositoryBytes: Int64 = 50_000_000_000
        /// The largest JSON or form body.
        package var bodyBytes: Int64 = 2 << 20
        /// The largest body of a commit that carries its files along.
        package var commitBytes: Int64 = 1 << 30
    }

    package struct Publishing: Sendable, Equatable {
        package enum Policy: String, Sendable, CaseIterable {
            /// A repository made public is public at once.
            case automatic
            /// A reviewer looks at it first.
            case review
        }

        package var policy = Policy.review
        /// Who sees a published asset may become more people, never fewer.
        package var visibilityOnlyWidens = false
    }

    package struct Identity: Sendable, Equatable {
        /// Whether visitors may create accounts.
        package var allowsSignUp = true
        package var sessionHours = 24 * 14
    }

    package struct Growth: Sendable, Equatable {
        /// Points for the first visit of a day that is checked in.
        package var checkInPoints = 1
        /// Points for the first publication of an asset.
        package var publicationPoints = 10
        /// Publications that bring points on one day; more bring none.
        package var publicationsPerDay = 5
        /// Where days begin and end.
        package var timeZone = "UTC"

        package init() {}
    }

    package struct Webhooks: Sendable, Equatable {
        /// Whether webhooks may call addresses of the private network.
        package var allowsPrivateAddresses = false
        package var timeoutSeconds = 10
    }

    package struct Mail: Sendable, Equatable {
        package enum Security: String, Sendable, CaseIterable {
            /// TLS from the first byte.
            case tls
            /// TLS after a greeting, and nothing without it.
            case starttls
            /// Never encrypted; for a server on this machine.
            case none
        }

        /// Empty keeps mails in the outbox.
        package var host = ""
        package var port = 587
        package var security = Security.starttls
        package var user = ""
        package var password = ""
        /// A file of certificate authorities; empty means the system's.
        package var authorities = ""
        package var from = "gallery@localhost"
        package var fromName = "AI Gallery"
        package var timeoutSeconds = 30
        /// Seconds for which notifications are gathered before the first mail.
        package var gatherSeconds = 60
        /// Minutes between two mails with notifications to the same account.
        package var pauseMinutes = 15

        package init() {}
    }

    package struct Compute: Sendable, Equatable {
        /// Hours for which an account may use free flavors in a week.
        package var freeHoursPerWeek = 10
        /// The Python environment of the gallery's own workers; empty is `.venv-workers` beside the folder of the pages.
        package var workers = ""
        /// Most bytes that a run may lay down on a disk.
        package var diskBytes: Int64 = 64 << 30
        /// Where workers run.
        package var launcher = Driver.local
        /// How workers on other machines reach this gallery; empty is `server.publicURL`.
        package var address = ""
        package var ray = Ray()
        package var packages = Packages()

        package enum Driver: String, Sendable, CaseIterable {
            case local, ray
        }

        package struct Ray: Sendable, Equatable {
            /// The address of its dashboard, which takes jobs.
            package var address = ""
            package var token = ""
            /// Where runs lie on its nodes.
            package var folder = "/var/lib/gallery-runs"

            package init() {}
        }

        package init() {}
    }

    /// Where Python packages come from that custom models ask for.
    package struct Packages: Sendable, Equatable {
        /// Empty for none.
        package var index = "https://pypi.org/simple"
        /// Hosts besides the index's own that its files lie on, parted by blanks.
        package var hosts = "files.pythonhosted.org"
        package var proxy = ""

        package init() {}
    }

    package struct Billing: Sendable, Equatable {
        /// What amounts are counted in; a word, since payments happen elsewhere.
        package var currency = "CNY"
        /// Hours that go on as before although something is owed.
        package var graceHours = 15 * 24
        /// Hours after them in which what is paid is frozen, before it is released.
        package var retentionHours = 15 * 24

        package init() {}
    }

    package struct Jobs: Sendable, Equatable {
        /// Jobs worked on at once in this program.
        package var workers = 2
    }

    package struct Logging: Sendable, Equatable {
        package enum Format: String, Sendable, CaseIterable {
            case text, json
        }

        package enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        package var level = Level.info
        package var format = Format.text
    }
}
