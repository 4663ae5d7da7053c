package import Clinic
import HummingbirdCore
import HummingbirdHTTP2
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
package import TransportSecurity

/// The HTTP door: a service that listens until it is told to shut down, then finishes what is in flight.
package struct FHIRHTTPServer: Service {
    package struct Configuration: Sendable {
        /// Address to listen on. Default `127.0.0.1`.
        package var host = "127.0.0.1"
        /// Port to listen on; 0 for any free one. Default 8080.
        package var port = 8080
        /// Absolute address of the FHIR API as clients see it, such as `https://fhir.example.org/fhir`; nil to take
        /// `http://` and the `Host` of each request.
        package var baseURL: String?
        /// TLS; nil for plain HTTP, the default. Offers `ServerTLS.httpProtocols`.
        package var tls: ServerTLS?
        /// Proxies that are believed when they say for whom they ask (`X-Forwarded-For`). Default none.
        package var trustedProxies: [AddressRange] = []
        /// How often one may ask. Default as often as one likes.
        package var rates = RequestRates.Settings()
        package var limits = ServerLimits()

        package init() {}
    }

    private let configuration: Configuration
    private let handler: RequestHandler
    private let logger: Logger
    private let onReady: @Sendable (_ port: Int) async -> Void

    /// - Parameters:
    ///   - messages: takes HL7 v2 messages that come over HTTP; nil for nobody.
    ///   - webhooks: take what other systems tell by themselves.
    ///   - pages: answers what is no FHIR, as signing in; nil for nobody.
    ///   - origins: from where scripts may ask; nil for nowhere.
    ///   - onReady: called once with the port that is listened on.
    package init(
        configuration: Configuration, interactions: Interactions, monitoring: Monitoring, access: any AccessControl,
        messages: (any MessageReceiving)? = nil, webhooks: [any ClinicWebhook] = [],
        pages: (any PageReceiving)? = nil, origins: (any OriginPolicy)? = nil, logger: Logger,
        onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        var baseURL = configuration.baseURL
        while baseURL?.hasSuffix("/") == true { baseURL?.removeLast() }
        var interactions = interactions
        interactions.demandsToken = access.demandsToken
        interactions.issuesTokens = pages != nil
        let isSecure = configuration.tls != nil || baseURL?.hasPrefix("https://") == true
        handler = RequestHandler(
            interactions: interactions, monitoring: monitoring, access: access, limits: configuration.limits,
            baseURL: baseURL, isSecure: configuration.tls != nil,
            addresses: ClientAddress(trusted: configuration.trustedProxies), rates: RequestRates(configuration.rates),
            responses: ResponseBuilder(
                limits: configuration.limits, definitions: interactions.definitions,
                security: SecurityFields(isSecure: isSecure, demandsToken: access.demandsToken)),
            messages: messages, webhooks: webhooks, pages: pages, origins: origins, logger: logger)
    }

    package func run() async throws {
        let handler = handler
        let onReady = onReady
        var quiet = logger
        // The server's own lines repeat what ours say.
        quiet.logLevel = max(logger.logLevel, .warning)
        let server = try builder.buildServer(
            configuration: ServerConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1024),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: quiet
        ) { request, writer, channel in
            try await handler.respond(to: request, writer, on: channel)
        } onServerRunning: { channel in
            await onReady(channel.localAddress?.port ?? 0)
        }
        try await server.run()
    }

    /// Connections of HTTP/1.1, under TLS of HTTP/2 as well.
    private var builder: HTTPServerBuilder {
        let limits = configuration.limits
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = limits.headerByteCount
        decoder.maxHeaderListSize = limits.headerByteCount
        decoder.maxHeaderFieldCount = limits.headerCount
        let readerTimeout = TimeAmount(limits.readerTimeout)
        // Of a connection of HTTP/1.1, or of a stream of HTTP/2.
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [GarbageAnswer(), SlowReaderLimit(readerTimeout)],
            idleTimeout: TimeAmount(limits.idleTimeout), httpDecoderConfiguration: decoder)
        let count = ConnectionCount(
            limit: limits.connectionCount, limitPerAddress: limits.connectionCountPerAddress,
            trusted: configuration.trustedProxies, logger: logger)
        guard let tls = configuration.tls else {
            return HTTPServerBuilder { responder in
                CountedChannel(HTTP1Channel(responder: responder, configuration: channel), count)
            }
        }
        let http2 = HTTP2Channel.Configuration(
            idleTimeout: limits.idleTimeout, gracefulCloseTimeout: limits.idleTimeout, streamConfiguration: channel)
        return HTTPServerBuilder { responder in
            let secure = SecureChannel(
                tls: tls, http1: HTTP1Channel(responder: responder, configuration: channel),
                http2: HTTP2Channel(responder: responder, configuration: http2),
                handshakeTimeout: TimeAmount(limits.handshakeTimeout))
            return CountedChannel(secure, count)
        }
    }
}
