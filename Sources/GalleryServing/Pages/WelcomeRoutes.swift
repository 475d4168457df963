import Foundation
import GalleryModel
import HTTPTypes
import Hummingbird

/// `/`: what this is, and how to point the clients at it. No scripts.
struct WelcomeRoutes: Sendable {
    private static let style = """
        :root{color-scheme:light dark;--ink:#1d2129;--soft:#5b6472;--back:#fff;--code:#f3f5f8;--line:#dde2ea;--mark:#2f6fed}
        @media (prefers-color-scheme:dark){:root{--ink:#e7eaf0;--soft:#9aa4b2;--back:#14171c;--code:#1e232b;--line:#2c333e;--mark:#7aa5ff}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:44rem;padding:3rem 1.25rem;background:var(--back);color:var(--ink);font:1rem/1.6 system-ui,"Noto Sans CJK SC",sans-serif}
        h1{margin:0 0 .5rem;font-size:1.9rem}h2{margin:2.25rem 0 .5rem;font-size:1.15rem}h3{margin:1.25rem 0 .35rem;font-size:1rem}
        p{margin:.4rem 0}.soft{color:var(--soft)}a{color:var(--mark)}
        pre{margin:.35rem 0;padding:.8rem 1rem;overflow-x:auto;background:var(--code);border:1px solid var(--line);border-radius:.5rem;font:.875rem/1.55 ui-monospace,"DejaVu Sans Mono",monospace}
        footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem}
        """
    /// Only this page's own style, by its hash.
    private static let policy: String = {
        let hash = Data(SHA256Digest.of(style.utf8).bytes).base64EncodedString()
        return
            "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }()

    func add(to router: some RouterMethods<GalleryContext>) {
        router.get("/") { request, context in page(request, context) }
    }

    private func page(_ request: Request, _ context: GalleryContext) -> Response {
        let text = WelcomeText.preferred(by: request.headers[.acceptLanguage])
        let headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.policy,
            .xContentTypeOptions: "nosniff",
            .vary: "Accept-Language", .contentLanguage: text.language, .cacheControl: "no-cache",
        ]
        return Response(
            status: .ok,
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: html(text, origin: request.origin(context))))
        )
    }

    /// The origin is made of letters that mean nothing in HTML; `Request.origin` sees to that.
    private func html(_ text: WelcomeText, origin: String) -> String {
        """
        <!doctype html>
        <html lang="\(text.language)">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(text.title)</title><style>\(Self.style)</style></head>
        <body>
        <main>
        <h1>\(text.title)</h1>
        <p>\(text.lead)</p>
        <h2>\(text.clients)</h2>
        <pre>export HF_ENDPOINT=\(origin)</pre>
        <h3>\(text.signIn)</h3>
        <pre>hf auth login</pre>
        <p class="soft">\(text.signInNote)</p>
        <h3>\(text.download)</h3>
        <pre>hf download OWNER/NAME</pre>
        <h3>\(text.upload)</h3>
        <pre>hf upload OWNER/NAME ./folder</pre>
        <h2>Python</h2>
        <p>\(text.python)</p>
        <pre>import os
        os.environ["HF_ENDPOINT"] = "\(origin)"
        from huggingface_hub import snapshot_download
        snapshot_download("OWNER/NAME")</pre>
        <h2>gallery-cli</h2>
        <p>\(text.ownClient)</p>
        <pre>gallery-cli login
        gallery-cli download OWNER/NAME</pre>
        </main>
        <footer class="soft">\(text.footer)</footer>
        </body>
        </html>

        """
    }
}
