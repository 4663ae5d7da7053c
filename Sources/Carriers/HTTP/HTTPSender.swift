package import Logging

/// Where JSON is posted to: an SMS gateway, a webhook.
package struct HTTPEndpoint: Sendable, Hashable {
    /// `https://…`, or `http://…` within the house. Without user and password; those go into a header.
    package var url: Secret
    /// Sent with every request, such as `Authorization`.
    package var headers: [Header]
    /// Signs bodies; nil for no signature.
    package var signingKey: Secret?
    /// For one request, connection and all; redirects count anew.
    package var timeoutSeconds: Int
    /// `http://host:port` of a proxy. The environment's settings are not looked at.
    package var proxy: String?
    /// PEM file of the authorities to trust; nil for those of the system.
    package var authorities: String?

    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: Secret

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = Secret(value)
        }
    }

    /// - Parameter url: secret, since many a provider has its key there.
    package init(
        url: String, headers: [Header] = [], signingKey: Secret? = nil, timeoutSeconds: Int = 15,
        proxy: String? = nil, authorities: String? = nil
    ) {
        self.url = Secret(url)
        self.headers = headers
        self.signingKey = signingKey
        self.timeoutSeconds = timeoutSeconds
        self.proxy = proxy
        self.authorities = authorities
    }
}

/// What the other side answered.
package struct HTTPAnswer: Sendable, Hashable {
    /// 200 to 299.
    package var status: Int
    /// Its first 64 KiB.
    package var body: [UInt8]
}

/// Posts JSON.
///
///     POST /path HTTP/1.1
///     Content-Type: application/json
///     Idempotency-Key: 8f14e45f
///     X-Martlet-Signature: sha256=<HMAC-SHA256 of the body by the endpoint's key, in hexadecimal digits>
package struct HTTPSender: Sendable {
    private static let redirectLimit = 3
    private static let ownNames: Set<String> = [
        "content-type", "content-length", "transfer-encoding", "host", "expect", "connection", "idempotency-key",
        "x-martlet-signature",
    ]

    private let endpoint: HTTPEndpoint
    private let loop: TransferLoop
    private let logger: Logger
    private let origin: URLParts

    /// Throws `CarrierError.Code.invalid` for an endpoint that cannot be used.
    package init(_ endpoint: HTTPEndpoint, loop: TransferLoop, logger: Logger) throws(CarrierError) {
        guard let origin = URLParts(endpoint.url.value), ["http", "https"].contains(origin.scheme),
            origin.host != nil, origin.user == nil, origin.password == nil, 1...3600 ~= endpoint.timeoutSeconds
        else { throw CarrierError(.invalid, "the endpoint's URL or its timeout cannot be used") }
        for header in endpoint.headers {
            guard HTTPText.isName(header.name), HTTPText.isValue(header.value.value),
                !Self.ownNames.contains(header.name.lowercased())
            else { throw CarrierError(.invalid, "a header of the endpoint cannot be sent") }
        }
        self.endpoint = endpoint
        self.loop = loop
        self.logger = logger
        self.origin = origin
    }

    /// Posts a body of JSON. Follows redirects that keep the method (307, 308), on the same server only.
    ///
    /// - Parameter idempotencyKey: the same whenever this body is sent again; visible ASCII, up to 255.
    ///
    /// Throws `CarrierError`, or `CancellationError` if the task is cancelled.
    package func post(_ body: [UInt8], idempotencyKey: String) async throws -> HTTPAnswer {
        guard 1...255 ~= idempotencyKey.utf8.count, idempotencyKey.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw CarrierError(.invalid, "an Idempotency-Key has 1 to 255 visible characters")
        }
        let milliseconds = endpoint.timeoutSeconds * 1000
        var request = PostRequest(
            url: endpoint.url.value, headers: headers(body, idempotencyKey), proxy: endpoint.proxy, body: body)
        for _ in 0...Self.redirectLimit {
            let result = try await loop.run(
                Transfer(
                    request: .post(request), connectMilliseconds: min(milliseconds, 10_000),
                    milliseconds: milliseconds, authorities: endpoint.authorities))
            if result.fault == nil, result.status == 307 || result.status == 308, let location = result.location,
                let parts = URLParts(location), parts.isSameOrigin(as: origin)
            {
                request.url = location
                continue
            }
            if let error = HTTPOutcome.error(result) {
                logger.debug(
                    "request was not taken", metadata: ["code": "\(error.code)", "status": "\(error.status ?? 0)"])
                throw error
            }
            return HTTPAnswer(status: result.status, body: result.body)
        }
        throw CarrierError(.redirected, "the provider redirects without end")
    }

    private func headers(_ body: [UInt8], _ key: String) -> [Secret] {
        var lines = [
            "Content-Type: application/json", "Accept: application/json", "User-Agent: Martlet",
            "Idempotency-Key: \(key)",
            // Without a value, so that libcurl leaves it out: bodies are small, and servers that do not know it wait.
            "Expect:",
        ]
        if let signingKey = endpoint.signingKey {
            lines.append("X-Martlet-Signature: \(HTTPSignature.value(of: body, key: signingKey))")
        }
        for header in endpoint.headers {
            // A header without a value is written with a semicolon (CURLOPT_HTTPHEADER).
            lines.append(header.value.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value.value)")
        }
        return lines.map { Secret($0) }
    }
}

/// What may stand in a header (RFC 9110 §5).
enum HTTPText {
    static func isName(_ text: String) -> Bool {
        1...100 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Visible ASCII, with spaces within.
    static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 8192 && text.utf8.allSatisfy { 0x20...0x7E ~= $0 } && text.first != " " && text.last != " "
    }
}
