import GalleryModel
import GalleryServing

/// The page of a device login in its four states; plain HTML that needs no script.
struct DevicePage {
    let words: DeviceWords
    let nonce: String

    func signIn(code: String, token: String, message: String?) -> String {
        frame(
            title: words.signInTitle,
            """
            <p>\(words.signInLead.htmlEscaped)</p>
            \(alert(message))<form method="post" action="/device/session">
            <input type="hidden" name="csrf_token" value="\(token)">
            <input type="hidden" name="user_code" value="\(code.htmlEscaped)">
            <label for="name">\(words.name.htmlEscaped)</label>
            <input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus maxlength="96">
            <label for="password">\(words.password.htmlEscaped)</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256">
            <button class="main">\(words.signIn.htmlEscaped)</button>
            </form>
            """
        )
    }

    func enterCode(code: String, message: String?) -> String {
        frame(
            title: words.codeTitle,
            """
            <p>\(words.codeLead.htmlEscaped)</p>
            \(alert(message))<form method="get" action="/device">
            <label for="code">\(words.code.htmlEscaped)</label>
            <input id="code" name="user_code" value="\(code.htmlEscaped)" class="code" autocomplete="off" \
            autocapitalize="characters" spellcheck="false" required autofocus maxlength="32" placeholder="XXXX-XXXX">
            <button class="main">\(words.next.htmlEscaped)</button>
            </form>
            """
        )
    }

    func confirm(_ login: DeviceLogin, account: String, token: String) -> String {
        frame(
            title: words.confirmTitle,
            """
            <p>\(words.confirmLead.htmlEscaped)</p>
            <p class="code">\(login.userCode.htmlEscaped)</p>
            <dl><dt>\(words.account.htmlEscaped)</dt><dd>\(account.htmlEscaped)</dd>
            <dt>\(words.program.htmlEscaped)</dt><dd>\(login.program.htmlEscaped)</dd>
            <dt>\(words.rights.htmlEscaped)</dt><dd>\(words.writeRights.htmlEscaped)</dd></dl>
            <p class="warning">\(words.warning.htmlEscaped)</p>
            <form method="post" action="/device">
            <input type="hidden" name="csrf_token" value="\(token)">
            <input type="hidden" name="user_code" value="\(login.userCode.htmlEscaped)">
            <button class="main" name="decision" value="approve">\(words.approve.htmlEscaped)</button>
            <button name="decision" value="deny">\(words.deny.htmlEscaped)</button>
            </form>
            """
        )
    }

    func done(isApproved: Bool) -> String {
        frame(
            title: isApproved ? words.approvedTitle : words.deniedTitle,
            "<p role=\"status\">\((isApproved ? words.approvedLead : words.deniedLead).htmlEscaped)</p>"
        )
    }

    private func alert(_ message: String?) -> String {
        message.map { "<p class=\"warning\" role=\"alert\">\($0.htmlEscaped)</p>\n" } ?? ""
    }

    private func frame(title: String, _ body: String) -> String {
        """
        <!doctype html>
        <html lang="\(words.language)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(title.htmlEscaped) · AI Gallery</title>
        <style nonce="\(nonce)">\(Self.style)</style>
        </head>
        <body><main>
        <p class="brand">AI Gallery</p>
        <h1>\(title.htmlEscaped)</h1>
        \(body)
        </main></body>
        </html>

        """
    }

    private static let style = """
        :root{--ink:#1b2130;--paper:#fff;--ground:#f2f4f8;--line:#c9d0dd;--main:#1f5fd0;--warn:#8a4b00}
        @media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--paper:#1b2130;--ground:#10141d;--line:#3d475c;--main:#6c9dff;--warn:#ffc27a}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{width:min(26rem,100% - 2rem);margin:2rem 0;padding:2rem;background:var(--paper);border:1px solid var(--line);border-radius:12px}
        h1{margin:.25rem 0 1rem;font-size:1.4rem;line-height:1.25}
        .brand{margin:0;font-weight:600;color:var(--main)}
        label{display:block;margin:1rem 0 .25rem;font-weight:600}
        input{width:100%;padding:.6rem .75rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:8px}
        button{width:100%;margin-top:.75rem;padding:.65rem;font:inherit;font-weight:600;color:inherit;background:none;border:1px solid var(--line);border-radius:8px;cursor:pointer}
        button.main{margin-top:1.25rem;color:var(--paper);background:var(--main);border-color:var(--main)}
        :focus-visible{outline:3px solid var(--main);outline-offset:2px}
        .code{font:600 1.5rem/1.3 ui-monospace,monospace;letter-spacing:.08em;text-align:center}
        .warning{color:var(--warn)}
        dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:1rem 0}
        dt{font-weight:600}
        dd{margin:0;overflow-wrap:anywhere}
        """
}
