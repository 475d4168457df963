import CCurl
import Foundation
package import GalleryServing
import NIOPosix

/// Sends mails through a mail server with libcurl: STARTTLS, TLS or neither, with a password or without.
package struct SMTPMailer: Mailer {
    private let settings: Settings.Mail

    package init(_ settings: Settings.Mail) {
        self.settings = settings
    }

    package var delivers: Bool { true }

    package func send(_ message: MailMessage) async throws {
        let settings = settings
        // libcurl waits for the server, so a thread of its own does it.
        try await NIOThreadPool.singleton.runIfActive { try SMTPTransfer(settings, message).run() }
    }
}

/// One mail on its way, on one thread.
private final class SMTPTransfer {
    private static let library: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    private let settings: Settings.Mail
    private let message: MailMessage
    private let bytes: [UInt8]
    private var offset = 0

    init(_ settings: Settings.Mail, _ message: MailMessage) {
        self.settings = settings
        self.message = message
        bytes = message.bytes
    }

    func run() throws {
        guard Self.library == CURLE_OK, let handle = curl_easy_init() else {
            throw MailFailure.deferred("libcurl does not start")
        }
        defer { curl_easy_cleanup(handle) }
        let recipients = curl_slist_append(nil, "<\(message.to)>")
        defer { curl_slist_free_all(recipients) }
        let explanation = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        explanation.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { explanation.deallocate() }
        ccurl_set_error_buffer(handle, explanation)
        try configure(handle)
        try check(ccurl_set_list(handle, CURLOPT_MAIL_RCPT, recipients))
        let context = Unmanaged.passUnretained(self).toOpaque()
        let reader: curl_read_callback = { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            return Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue().read(into: buffer, size * count)
        }
        try check(ccurl_set_reader(handle, reader, context))
        let code = withExtendedLifetime(self) { curl_easy_perform(handle) }
        guard code != CURLE_OK else { return }
        throw failure(code, handle, String(cString: explanation))
    }

    private func configure(_ handle: UnsafeMutableRawPointer) throws {
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        // What follows the host is the name we greet the server with.
        let own = message.from.text.split(separator: "@").last.map(String.init) ?? "localhost"
        let texts: [(CURLoption, String)] = [
            (CURLOPT_URL, "\(scheme)://\(host):\(settings.port)/\(own)"), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            (CURLOPT_PROXY, ""), (CURLOPT_MAIL_FROM, "<\(message.from)>"),
        ]
        for (option, text) in texts { try check(ccurl_set_text(handle, option, text)) }
        let tls = settings.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_UPLOAD, 1), (CURLOPT_INFILESIZE, bytes.count),
            (CURLOPT_USE_SSL, Int(tls.rawValue)), (CURLOPT_TIMEOUT, settings.timeoutSeconds),
            (CURLOPT_CONNECTTIMEOUT, min(settings.timeoutSeconds, 10)),
        ]
        for (option, number) in numbers { try check(ccurl_set_number(handle, option, number)) }
        if !settings.authorities.isEmpty {
            try check(ccurl_set_text(handle, CURLOPT_CAINFO, settings.authorities))
        }
        if !settings.user.isEmpty {
            try check(ccurl_set_text(handle, CURLOPT_USERNAME, settings.user))
            try check(ccurl_set_text(handle, CURLOPT_PASSWORD, settings.password))
        }
    }

    private func read(into buffer: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Int {
        let count = min(capacity, bytes.count - offset)
        bytes.withUnsafeBytes { source in
            guard count > 0, let start = source.baseAddress else { return }
            UnsafeMutableRawPointer(buffer).copyMemory(from: start + offset, byteCount: count)
        }
        offset += count
        return count
    }

    private func check(_ code: CURLcode) throws {
        guard code == CURLE_OK else { throw MailFailure.deferred(String(cString: curl_easy_strerror(code))) }
    }

    /// A server that refuses this mail, as opposed to one that refuses us.
    private func failure(_ code: CURLcode, _ handle: UnsafeMutableRawPointer, _ explanation: String) -> MailFailure {
        var status = 0
        ccurl_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
        let words = explanation.isEmpty ? String(cString: curl_easy_strerror(code)) : explanation
        let reason = status > 0 && !words.contains("\(status)") ? "\(words) (\(status))" : words
        let isAboutUs = code == CURLE_LOGIN_DENIED || code == CURLE_USE_SSL_FAILED
        return (500..<600).contains(status) && !isAboutUs ? .refused(reason) : .deferred(reason)
    }
}
