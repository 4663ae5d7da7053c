/// Fetches small public documents of others: the keys of a client.
package struct HTTPDocument: Sendable {
    /// Which hosts may be asked. Addresses that are link-local or multicast never are.
    package enum Hosts: Sendable {
        case everywhere
        /// No address within the house: for URLs that strangers have chosen.
        case publicOnly
    }

    /// What was answered, with status 200.
    package struct Content: Sendable, Hashable {
        package var body: [UInt8]
        /// As the server says, in seconds; nil if it does not. 0 where it wants none kept.
        package var maxAgeSeconds: Int?
    }

    private static let byteCount = 256 << 10
    private static let milliseconds = 5_000

    private let loop: TransferLoop
    private let authorities: String?

    /// - Parameter authorities: PEM file of the authorities to trust; nil for those of the system.
    package init(loop: TransferLoop, authorities: String? = nil) {
        self.loop = loop
        self.authorities = authorities
    }

    /// Redirects are not followed: what stands behind one was not allowed by anybody.
    ///
    /// Throws `CarrierError`, or `CancellationError` if the task is cancelled.
    package func fetch(_ url: String, hosts: Hosts) async throws -> Content {
        guard let parts = URLParts(url), ["http", "https"].contains(parts.scheme), parts.host != nil,
            parts.user == nil, parts.password == nil
        else { throw CarrierError(.invalid, "the URL cannot be used") }
        let headers = ["Accept: application/json", "User-Agent: Martlet"]
        let result = try await loop.run(
            Transfer(
                request: .get(GetRequest(url: url, headers: headers, hosts: hosts, byteCount: Self.byteCount)),
                connectMilliseconds: Self.milliseconds, milliseconds: Self.milliseconds, authorities: authorities))
        if let error = HTTPOutcome.error(result) { throw error }
        guard result.status == 200, !result.isCut else {
            throw CarrierError(.refused, "the document is not there or too large", status: result.status)
        }
        return Content(body: result.body, maxAgeSeconds: result.cacheControl.flatMap(Self.age))
    }

    /// RFC 9111 §5.2.2.
    private static func age(_ cacheControl: String) -> Int? {
        var age: Int?
        for part in cacheControl.split(separator: ",") {
            let directive = part.filter { !$0.isWhitespace }
            if directive == "no-store" || directive.hasPrefix("no-cache") { return 0 }
            if directive.hasPrefix("max-age=") { age = Int(directive.dropFirst("max-age=".count)) ?? 0 }
        }
        return age
    }
}
