package import FHIRPath

/// Bounds on what comes from outside.
package struct ServerLimits: Sendable {
    /// Greatest body as sent and as decompressed, in bytes. Default 100 MB.
    package var bodyByteCount = 100 << 20
    /// Greatest answer that is made in memory, in bytes of compact JSON: bundles, histories, answers of operations.
    /// Default 100 MB.
    package var answerByteCount = 100 << 20
    /// Greatest content of a Binary that is sent as it is, in bytes. Default 100 MB.
    package var binaryByteCount = 100 << 20
    /// Content of a Binary up to this size lies in the resource itself, larger one in parts beside it, in bytes.
    /// Default 1 MiB.
    package var inlineBinaryByteCount = 1 << 20
    /// Most content of Binaries from beside their resources that one bundle shows, in bytes. Default 16 MiB.
    package var bundledBinaryByteCount = 16 << 20
    /// Greatest sum of all header fields, in bytes. Default 32 KiB.
    package var headerByteCount = 32 << 10
    /// Most header fields. Default 128.
    package var headerCount = 128
    /// How long a connection may be silent while it idles or while a request is read. Default 60 s.
    package var idleTimeout: Duration = .seconds(60)
    /// How long a whole request body may take to arrive. Default 300 s.
    package var bodyTimeout: Duration = .seconds(300)
    /// How long two sides may take to agree on TLS. Default 10 s.
    package var handshakeTimeout: Duration = .seconds(10)
    /// How long a client may take nothing of an answer that waits for it. Default 60 s.
    package var readerTimeout: Duration = .seconds(60)
    /// Most connections at once. Default 20 000; one more is closed at once.
    package var connectionCount = 20_000
    /// Most connections at once from one address that is no trusted proxy. Default 1 000.
    package var connectionCountPerAddress = 1_000
    /// Greatest nesting of a JSON body. Default 64.
    package var jsonDepth = 64
    /// Answers from this size on are compressed for clients that take gzip, in bytes. Default 1 KiB.
    package var compressionByteCount = 1 << 10
    /// Entries of a batch that run at once. Default 16.
    package var batchWidth = 16
    /// Resources on a page that names no `_count`. Default 50.
    package var defaultPageCount = 50
    /// Most resources on a page. Default 1 000.
    package var greatestPageCount = 1_000
    /// What the expressions of `$fhirpath` may use.
    package var fhirPath = FHIRPathLimits()

    package init() {}
}
