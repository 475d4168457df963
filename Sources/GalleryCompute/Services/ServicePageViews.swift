import Foundation
import GalleryModel
import GalleryServing

/// `templates/services/list.mustache`
struct ServicesPage: Page {
    static let template = "services/list"

    let menu: [SideEntry]
    let rows: [ServiceView]
    let hasRows: Bool
    let live: Int?
    let pager: Pager?
}

/// `templates/services/head.mustache`: what stands at the top of every page of a service.
struct ServiceHead: Sendable {
    let service: ServiceView
    let crumbs: [Crumb]
    let tabs: [Tab]

    init(_ service: ServiceView, _ current: String, _ context: GalleryContext) {
        self.service = service
        crumbs = [Crumb(context.say("services.title"), "/my/services"), Crumb(service.name)]
        let all = [
            ("overview", "", "info"), ("test", "/test", "play"), ("call", "/call", "key"), ("usage", "/usage", "chart"),
        ]
        tabs = all.map { name, path, icon in
            Tab(
                context.say("services.tab.\(name)"),
                service.path + path,
                icon: icon,
                isCurrent: name == current
            )
        }
    }
}

/// `templates/services/service.mustache`
struct ServicePage: Page {
    static let template = "services/service"

    let menu: [SideEntry]
    let head: ServiceHead
    let facts: [Fact]
    let replicas: [ReplicaView]
    let wantedReplicas: String
    let mostReplicas: String
    let log: RunLogView?
}

/// `templates/services/usage.mustache`
struct ServiceUsagePage: Page {
    static let template = "services/usage"

    struct Row: Sendable {
        let day: String
        let caller: String
        let requests: String
        let errors: String
        let prompt: String
        let completion: String

        init(_ usage: ServiceUsage, _ context: GalleryContext) {
            let number = { (value: Int64) in context.formats.number(Int(value)) }
            day = usage.day
            caller =
                switch usage.caller {
                case "owner": context.say("services.usage.owner")
                case "app": context.say("services.usage.app")
                default: usage.name ?? context.say("services.usage.key")
                }
            requests = number(usage.requests)
            errors = number(usage.errors)
            prompt = number(usage.promptTokens)
            completion = number(usage.completionTokens)
        }
    }

    let menu: [SideEntry]
    let head: ServiceHead
    let rows: [Row]
    let hasRows: Bool
}

/// `templates/services/call.mustache`
struct ServiceCallPage: Page {
    static let template = "services/call"
    static let fields = ["service-key-name": "key", "service-key-limit": "perMinute"]

    struct KeyRow: Sendable {
        let id: String
        let keyTitle: String
        let hint: String
        let limit: String
        let made: Moment
        let used: Moment?

        init(_ key: ServiceKey, now: Date, _ context: GalleryContext) {
            id = key.id
            keyTitle = key.name
            hint = key.hint
            limit = context.say("services.keys.perMinute", count: key.perMinute)
            made = context.formats.moment(key.createdAt, now: now)
            used = key.usedAt.map { context.formats.moment($0, now: now) }
        }
    }

    let menu: [SideEntry]
    let head: ServiceHead
    let url: String
    let issued: String?
    let hasPlaceholder: Bool
    let keys: [KeyRow]
    let keyName: FormField
    let perMinute: FormField
    let shell: String
    let python: String
}

/// Calls that work when pasted.
struct ServiceSamples: Sendable {
    let shell: String
    let python: String

    init(url: String, model: String, key: String?) {
        let key = key ?? "YOUR_KEY"
        shell = """
            curl \(url)/chat/completions \\
              -H "Authorization: Bearer \(key)" \\
              -H "Content-Type: application/json" \\
              -d '{"model": "\(model)", "max_tokens": 64, "messages": [{"role": "user", "content": "Hello!"}]}'
            """
        python = """
            from openai import OpenAI

            client = OpenAI(base_url="\(url)", api_key="\(key)")
            stream = client.chat.completions.create(
                model="\(model)",
                messages=[{"role": "user", "content": "Hello!"}],
                max_tokens=64,
                stream=True,
            )
            for chunk in stream:
                if chunk.choices:
                    print(chunk.choices[0].delta.content or "", end="", flush=True)
            """
    }
}
