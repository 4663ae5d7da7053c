import CLibCurl

/// A URL taken apart by the one who will use it, so that both see the same host.
package struct URLParts: Sendable {
    package var scheme: String
    package var host: String?
    /// As given.
    package var port: Int?
    /// The one given, or that of the scheme.
    package var effectivePort: Int?
    package var path: String
    package var query: String?
    /// Decoded.
    package var user: String?
    package var password: String?

    /// Nil for what is no URL with a scheme.
    package init?(_ text: String) {
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }), let url = curl_url() else { return nil }
        defer { curl_url_cleanup(url) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(url, part, &value, UInt32(flags)) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME) else { return nil }
        self.scheme = scheme.lowercased()
        host = part(CURLUPART_HOST)?.lowercased()
        port = part(CURLUPART_PORT).flatMap { Int($0) }
        effectivePort = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap { Int($0) }
        path = part(CURLUPART_PATH) ?? ""
        query = part(CURLUPART_QUERY)
        user = part(CURLUPART_USER, CURLU_URLDECODE)
        password = part(CURLUPART_PASSWORD, CURLU_URLDECODE)
    }

    /// Whether both are the same server, reached the same way.
    package func isSameOrigin(as other: URLParts) -> Bool {
        host != nil && scheme == other.scheme && host == other.host && effectivePort == other.effectivePort
    }
}
