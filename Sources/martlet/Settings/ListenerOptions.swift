import ArgumentParser

/// Options of the listeners for HL7 v2 over MLLP.
struct ListenerOptions: ParsableArguments {
    @Option(help: "Address of the listener `lab`, unless --mllp is given. Default 127.0.0.1.")
    var mllpHost: String?

    @Option(help: "Port of the listener `lab`, unless --mllp is given; 0 for any free one. Default 2575.")
    var mllpPort: Int?

    @Option(
        help: """
            A listener as NAME=HOST:PORT with tls, allow=ADDRESS or allow=NETWORK/BITS, connections=N, \
            max-megabytes=N and idle=SECONDS behind commas. Its name is that of its source. May be repeated.
            """)
    var mllp: [String] = []

    @Option(help: "PEM file with the certificate chain for TLS; alone it puts TLS on the listener `lab`.")
    var mllpTlsCert: String?

    @Option(help: "PEM file with its private key.")
    var mllpTlsKey: String?

    @Option(help: "PEM file with the authorities of clients' certificates, which every client of TLS then has to show.")
    var mllpTlsClientCa: String?

    @Option(
        help: """
            A client's certificate and the source whose messages come with it, as SOURCE=NAME (an alternative name of \
            the certificate) or SOURCE=sha256:FINGERPRINT. Where there is one, other certificates are of no use. \
            May be repeated.
            """)
    var mllpClient: [String] = []
}
