/// What the device page says, in the two languages of the gallery.
struct DeviceWords: Sendable {
    var language: String
    var signInTitle, signInLead, name, password, signIn: String
    var codeTitle, codeLead, code, next: String
    var confirmTitle, confirmLead, account, program, rights, writeRights, warning, approve, deny: String
    var approvedTitle, approvedLead, deniedTitle, deniedLead: String
    var signInRefused, tooManyAttempts, unknownCode, pageTooOld: String

    /// Chinese or English, whichever `Accept-Language` likes better; English where it names neither.
    static func preferred(by header: String?) -> DeviceWords {
        var best = (language: "en", weight: 0.0)
        for range in (header ?? "").prefix(512).lowercased().split(separator: ",").prefix(32) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let tag = parts.first,
                let language = ["zh", "en"].first(where: { tag == $0 || tag.hasPrefix($0 + "-") })
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best.weight { best = (language, weight) }
        }
        return best.language == "zh" ? chinese : english
    }

    static let english = DeviceWords(
        language: "en",
        signInTitle: "Sign in",
        signInLead: "A program asks to use your account. Sign in to decide.",
        name: "Account name",
        password: "Password",
        signIn: "Sign in",
        codeTitle: "Enter the code",
        codeLead: "Enter the code that the program shows.",
        code: "Code",
        next: "Continue",
        confirmTitle: "Let this program in?",
        confirmLead: "Compare this code with the one that the program shows:",
        account: "Account",
        program: "Program",
        rights: "Rights",
        writeRights: "read and write your assets",
        warning: "Go on only if you started this sign-in yourself a moment ago.",
        approve: "Let it in",
        deny: "Deny",
        approvedTitle: "The program is signed in",
        approvedLead: "You can close this page and go back to the terminal.",
        deniedTitle: "The program was turned away",
        deniedLead: "It has no access. You can close this page.",
        signInRefused: "Name and password do not fit together.",
        tooManyAttempts: "Too many attempts. Wait a while, then try again.",
        unknownCode: "This code is not, or no longer, valid. Compare it, or start again in the program.",
        pageTooOld: "The page had been open for too long. Try again."
    )

    static let chinese = DeviceWords(
        language: "zh-CN",
        signInTitle: "登录",
        signInLead: "有程序请求使用您的帐号，请登录后确认。",
        name: "帐号名",
        password: "密码",
        signIn: "登录",
        codeTitle: "输入验证码",
        codeLead: "请输入程序显示的验证码。",
        code: "验证码",
        next: "继续",
        confirmTitle: "允许该程序登录吗？",
        confirmLead: "请核对此验证码与程序显示的是否一致：",
        account: "帐号",
        program: "程序",
        rights: "权限",
        writeRights: "读写您的资产",
        warning: "仅当您本人刚刚发起了此次登录时才继续。",
        approve: "允许",
        deny: "拒绝",
        approvedTitle: "程序已登录",
        approvedLead: "您可以关闭此页面，返回终端。",
        deniedTitle: "已拒绝该程序",
        deniedLead: "该程序无法访问您的帐号。您可以关闭此页面。",
        signInRefused: "帐号名与密码不匹配。",
        tooManyAttempts: "尝试次数过多，请稍后再试。",
        unknownCode: "验证码无效或已过期，请核对，或在程序中重新开始。",
        pageTooOld: "页面打开时间过长，请重试。"
    )
}
