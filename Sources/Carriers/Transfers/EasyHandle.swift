import CLibCurl

/// A transfer as libcurl has it. Lives and dies on the thread of its loop.
final class EasyHandle {
    /// Answers may say this much; what is behind is not kept.
    private static let answerLimit = 64 << 10

    let handle: UnsafeMutableRawPointer
    private let request: Transfer.Request
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// What of a mail was read.
    private var readCount = 0
    private var isRead = false
    private var line: [UInt8] = []
    private var answer: [UInt8] = []
    private var isCut = false
    private var cacheControl: String?

    private let isCancelled: () -> Bool

    /// - Parameter isCancelled: asked while the transfer goes on; true ends it with `CURLE_ABORTED_BY_CALLBACK`.
    init?(_ transfer: Transfer, isCancelled: @escaping () -> Bool) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.isCancelled = isCancelled
        request = transfer.request
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, transfer.connectMilliseconds)
        set(CURLOPT_TIMEOUT_MS, transfer.milliseconds)
        // Else two minutes for each reply of a mail server, whatever is allowed for all.
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, (transfer.milliseconds + 999) / 1000)
        // Connections that idled longer are likely to have been closed by the other side.
        set(CURLOPT_MAXAGE_CONN, 20)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let authorities = transfer.authorities { set(CURLOPT_CAINFO, authorities) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        martlet_curl_set_context(handle, CURLOPT_WRITEDATA, context)
        martlet_curl_set_function(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            EasyHandle.from(context).takeAnswer(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        set(CURLOPT_NOPROGRESS, 0)
        martlet_curl_set_context(handle, CURLOPT_XFERINFODATA, context)
        martlet_curl_set_progress(handle) { context, _, _, _, _ in EasyHandle.from(context).isCancelled() ? 1 : 0 }
        switch transfer.request {
        case .mail(let mail): prepare(mail, context)
        case .post(let post): prepare(post)
        case .get(let get): prepare(get, context)
        }
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
    }

    private func prepare(_ mail: MailRequest, _ context: UnsafeMutableRawPointer) {
        martlet_curl_allow_smtp(handle)
        set(CURLOPT_URL, mail.url)
        // What the environment says of proxies is meant for the web.
        set(CURLOPT_PROXY, "")
        let use = mail.needsTLS ? CURLUSESSL_ALL : mail.wantsTLS ? CURLUSESSL_TRY : CURLUSESSL_NONE
        set(CURLOPT_USE_SSL, Int(use.rawValue))
        if let user = mail.user {
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, mail.password?.value ?? "")
        }
        set(CURLOPT_MAIL_FROM, mail.sender)
        set(CURLOPT_MAIL_RCPT, mail.recipients)
        set(CURLOPT_UPLOAD, 1)
        martlet_curl_set_context(handle, CURLOPT_READDATA, context)
        martlet_curl_set_function(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
            EasyHandle.from(context).giveMail(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
        }
        martlet_curl_set_context(handle, CURLOPT_HEADERDATA, context)
        martlet_curl_set_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            EasyHandle.from(context).takeLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private func prepare(_ post: PostRequest) {
        martlet_curl_allow_http(handle)
        set(CURLOPT_URL, post.url)
        set(CURLOPT_PROXY, post.proxy ?? "")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_POST, 1)
        martlet_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(post.body.count))
        post.body.withUnsafeBytes { bytes in
            // Copies them; an empty body has no address.
            if let start = bytes.baseAddress {
                martlet_curl_set_context(handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            } else {
                set(CURLOPT_COPYPOSTFIELDS, "")
            }
        }
        set(CURLOPT_HTTPHEADER, post.headers.map(\.value))
    }

    private func prepare(_ get: GetRequest, _ context: UnsafeMutableRawPointer) {
        martlet_curl_allow_http(handle)
        set(CURLOPT_URL, get.url)
        // Addresses are checked where the connection is made, which a proxy would make elsewhere.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTPGET, 1)
        set(CURLOPT_HTTPHEADER, get.headers)
        switch get.hosts {
        case .everywhere: martlet_curl_refuse_addresses(handle, 0)
        case .publicOnly: martlet_curl_refuse_addresses(handle, 1)
        }
        martlet_curl_set_context(handle, CURLOPT_HEADERDATA, context)
        martlet_curl_set_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            EasyHandle.from(context).takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    /// How it went, once libcurl says that it is over.
    func result(_ code: CURLcode) -> TransferResult {
        let wasSent =
            switch request {
            case .mail: isRead
            case .post, .get: martlet_curl_get_long(handle, CURLINFO_REQUEST_SIZE) > 0
            }
        let wait = martlet_curl_get_size(handle, CURLINFO_RETRY_AFTER)
        return TransferResult(
            fault: Self.fault(code), status: martlet_curl_get_long(handle, CURLINFO_RESPONSE_CODE), lastLine: line,
            body: answer, wasSent: wasSent, retryAfterSeconds: wait > 0 ? Int(wait) : nil,
            cacheControl: cacheControl, isCut: isCut,
            location: martlet_curl_get_text(handle, CURLINFO_REDIRECT_URL).map { String(cString: $0) })
    }

    private static func fault(_ code: CURLcode) -> TransferResult.Fault? {
        switch code {
        case CURLE_OK: nil
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: .unreachable
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            .insecure
        case CURLE_LOGIN_DENIED: .unauthorized
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: .invalid
        default: .interrupted
        }
    }

    // MARK: - What libcurl calls

    /// The context is always the handle, which outlives its transfer.
    private static func from(_ context: UnsafeMutableRawPointer?) -> EasyHandle {
        Unmanaged<EasyHandle>.fromOpaque(context!).takeUnretainedValue()
    }

    private func giveMail(_ target: UnsafeMutableRawBufferPointer) -> Int {
        guard case .mail(let mail) = request else { return 0 }
        let part = mail.data[readCount...].prefix(target.count)
        target.copyBytes(from: part)
        readCount += part.count
        isRead = readCount == mail.data.count
        return part.count
    }

    private func takeLine(_ bytes: UnsafeRawBufferPointer) -> Int {
        // The goodbye of a server that has refused something says nothing.
        if !bytes.starts(with: "221".utf8) { line = Array(bytes.prefix(1000)) }
        return bytes.count
    }

    private func takeAnswer(_ bytes: UnsafeRawBufferPointer) -> Int {
        var limit = Self.answerLimit
        if case .get(let get) = request { limit = get.byteCount }
        if bytes.count > limit - answer.count { isCut = true }
        answer.append(contentsOf: bytes.prefix(limit - answer.count))
        return bytes.count
    }

    private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        let line = String(decoding: bytes.prefix(1000), as: UTF8.self).lowercased()
        if line.hasPrefix("cache-control:") { cacheControl = String(line.dropFirst("cache-control:".count)) }
        return bytes.count
    }

    // MARK: - Options

    private func set(_ option: CURLoption, _ value: Int) { martlet_curl_set_long(handle, option, value) }

    private func set(_ option: CURLoption, _ value: String) { martlet_curl_set_text(handle, option, value) }

    private func set(_ option: CURLoption, _ values: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values { list = curl_slist_append(list, value) ?? list }
        guard let list else { return }
        lists.append(list)
        martlet_curl_set_list(handle, option, list)
    }
}
