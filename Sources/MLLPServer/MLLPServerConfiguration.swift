package import TransportSecurity

/// Where a listener listens and what one sender may cost.
package struct MLLPServerConfiguration: Sendable {
    /// Name of the listener, for the log of the server.
    package var name = ""
    /// Address to bind. Default `127.0.0.1`: v2 has no authentication of its own.
    package var host = "127.0.0.1"
    /// Default 2575, the registered port of MLLP; 0 takes any free one.
    package var port = 2575
    /// TLS; nil for plain TCP, the default.
    package var tls: MLLPServerTLS?
    /// Who may connect; empty, the default, for everybody. Others are let go without an answer.
    package var allowedAddresses: [AddressRange] = []
    /// Bytes of one message. Default 64 MiB. Beyond it the sender gets `AR` with error 104.
    package var frameByteLimit = 64 << 20
    /// Connections at once. Default 1000; one more is closed at once.
    package var connectionLimit = 1000
    /// Messages of one connection being worked on. Default 8; then the socket is not read.
    package var inFlightLimit = 8
    /// Seconds without a byte after which an idle connection, or one stuck inside a frame, is closed. Default 600.
    package var idleTimeoutSeconds: Double = 600
    /// Milliseconds of silence after which a frame without its last byte counts as complete. Default 250.
    package var trailerSilenceMilliseconds = 250
    /// Unreadable messages in a row after which the connection is closed. Default 3.
    package var unreadableLimit = 3

    package init() {}
}
