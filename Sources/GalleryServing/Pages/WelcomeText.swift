/// The words of the welcome page in the two languages of the gallery.
struct WelcomeText: Sendable {
    let language: String
    let title: String
    let lead: String
    let clients: String
    let signIn: String
    let signInNote: String
    let download: String
    let upload: String
    let python: String
    let ownClient: String
    let footer: String

    static let english = WelcomeText(
        language: "en",
        title: "AI Gallery",
        lead:
            "This is a hub for models, datasets and what belongs to them. It speaks the Hugging Face hub API, so the tools you know work with it.",
        clients: "Point your tools here",
        signIn: "Sign in, if you want to upload or read private things",
        signInNote: "Log in on the command line, or ask your operator for an account and an access token.",
        download: "Download",
        upload: "Upload",
        python: "In Python, the same variable does it:",
        ownClient: "Or with the gallery's own command",
        footer: "This server is well when /readyz says so."
    )

    static let chinese = WelcomeText(
        language: "zh",
        title: "AI Gallery",
        lead: "这里是模型、数据集等 AI 资产的托管中心。它兼容 Hugging Face Hub 接口，您熟悉的工具可以直接使用。",
        clients: "让您的工具指向这里",
        signIn: "如需上传或访问私有资产，请先登录",
        signInNote: "可在命令行登录；账号和访问令牌请向管理员索取。",
        download: "下载",
        upload: "上传",
        python: "在 Python 中设置同一变量即可：",
        ownClient: "或使用 gallery 自带的命令行工具",
        footer: "访问 /readyz 可查看服务状态。"
    )

    /// The language that an `Accept-Language` header prefers: its first that we have, by weight.
    static func preferred(by header: String?) -> WelcomeText {
        let wishes = (header ?? "").split(separator: ",").map { part -> (language: String, weight: Double) in
            let fields = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            let weight = fields.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return ((fields.first ?? "").lowercased(), weight)
        }
        let known = wishes.filter {
            $0.weight > 0 && ($0.language.hasPrefix("zh") || $0.language.hasPrefix("en") || $0.language == "*")
        }
        let best = known.max { $0.weight < $1.weight }?.weight
        return known.first { $0.weight == best }?.language.hasPrefix("zh") == true ? .chinese : .english
    }
}
