import ArgumentParser

/// Options of how HTTP is carried, and how much one may ask for.
struct TransportOptions: ParsableArguments {
    @Option(
        help: """
            PEM file with the certificate chain for TLS: HTTP/2 and HTTP/1.1 over TLS 1.2 or later in place of plain \
            HTTP. A new file is taken up within seconds, or at SIGHUP.
            """)
    var tlsCert: String?

    @Option(help: "PEM file with its private key.")
    var tlsKey: String?

    @Option(help: "PEM file with the authorities of clients' certificates, which every client then has to show.")
    var tlsClientCa: String?

    @Option(
        help: """
            A proxy in front of the server, as ADDRESS or NETWORK/BITS, that is believed when it says for whom it asks \
            (X-Forwarded-For). May be repeated.
            """)
    var trustedProxy: [String] = []

    @Option(
        help: """
            Requests per second that one client, and one account, may send in the long run, as RATE or RATE/BURST: \
            50/500. Beyond that the answer is 429. Default: off.
            """)
    var rateLimit: String?

    @Option(
        help: """
            The same for each network address, of requests without a valid token. Default: 20/600; off with --auth none.
            """)
    var anonymousRateLimit: String?
}
