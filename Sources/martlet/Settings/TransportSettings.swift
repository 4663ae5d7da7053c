import ArgumentParser
import FHIRServer
import TransportSecurity

/// How HTTP is carried, and how much one may ask for: resolved and checked.
struct TransportSettings: Sendable {
    /// Nil for plain HTTP.
    var tls: ServerTLS?
    var trustedProxies: [AddressRange]
    var rates: RequestRates.Settings

    /// - Parameter demandsToken: whether there are callers without a token only until they have been told.
    init(_ options: TransportOptions, _ reader: SettingsReader, demandsToken: Bool) throws {
        tls = try Self.tls(options, reader)
        trustedProxies = try reader.strings("trustedProxy", options.trustedProxy).map { text in
            guard let range = AddressRange(text) else {
                throw ValidationError("--trusted-proxy: \(text) is no address and no network")
            }
            return range
        }
        rates = RequestRates.Settings()
        rates.client = try Self.rate("--rate-limit", reader.string("rateLimit", options.rateLimit) ?? "off")
        rates.account = rates.client
        let anonymous = reader.string("anonymousRateLimit", options.anonymousRateLimit)
        rates.stranger = try Self.rate("--anonymous-rate-limit", anonymous ?? (demandsToken ? "20/600" : "off"))
    }

    private static func tls(_ options: TransportOptions, _ reader: SettingsReader) throws -> ServerTLS? {
        let certificate = reader.string("tlsCert", options.tlsCert)
        let key = reader.string("tlsKey", options.tlsKey)
        let authority = reader.string("tlsClientCa", options.tlsClientCa)
        guard let certificate, let key else {
            guard certificate == nil, key == nil, authority == nil else {
                throw ValidationError("TLS needs both --tls-cert and --tls-key")
            }
            return nil
        }
        do {
            let files = ServerTLS.Files(certificate: certificate, key: key, clientAuthority: authority)
            return try ServerTLS(files, protocols: ServerTLS.httpProtocols)
        } catch {
            throw ValidationError("--tls-cert, --tls-key, --tls-client-ca: \(error)")
        }
    }

    /// `RATE`, `RATE/BURST` or `off`. Without a burst it is that of ten seconds.
    private static func rate(_ option: String, _ text: String) throws -> RateLimiter.Rate? {
        if text == "off" { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.compactMap(Double.init)
        guard (1...2).contains(parts.count), numbers.count == parts.count,
            numbers.allSatisfy({ (0.01...1_000_000).contains($0) })
        else { throw ValidationError("\(option) is RATE, RATE/BURST or off, not \(text)") }
        let burst = numbers.count == 2 ? numbers[1] : numbers[0] * 10
        return RateLimiter.Rate(perSecond: numbers[0], burst: max(1, burst))
    }
}
