import HTTPTypes
import HummingbirdCore
import NIOCore

/// Reads one request's body, within limits.
///
/// A body that is too large is refused as soon as that shows: by `Content-Length` before a byte is read, otherwise
/// at the chunk that passes the limit. Nothing past the limit is kept.
struct BodyReader {
    private var chunks: RequestBody.AsyncIterator
    private let limits: ServerLimits
    /// Whether the body was read to its end, so that another request may follow.
    private(set) var isAtEnd: Bool

    init(_ body: RequestBody, _ headers: RequestHeaders, limits: ServerLimits) {
        chunks = body.makeAsyncIterator()
        self.limits = limits
        isAtEnd = !headers.isChunked && (headers.contentLength ?? 0) == 0
    }

    /// The whole body, decompressed; nil if there is none.
    @concurrent mutating func read(
        _ headers: RequestHeaders, writer: borrowing ResponseWriter
    ) async throws -> ByteBuffer? {
        guard !isAtEnd else { return nil }
        if let length = headers.contentLength, length > limits.bodyByteCount { throw tooLarge() }
        let isCompressed = try Self.isCompressed(headers.contentEncoding)
        if headers.expectsContinue { try await writer.writeInformationalHead(.init(status: .continue)) }
        guard let body = try await collect(expecting: headers.contentLength) else { return nil }
        guard isCompressed else { return body }
        do {
            return try GzipCodec.decompress(body, limit: limits.bodyByteCount)
        } catch .tooLarge {
            throw tooLarge()
        } catch {
            throw RequestError(.malformed, "the body is no gzip stream")
        }
    }

    /// Hands a body of at most `limit` bytes over in pieces, so that it need not fit into memory; one that is
    /// compressed comes whole, within the usual limit.
    @concurrent mutating func readPieces(
        _ headers: RequestHeaders, limit: Int, writer: borrowing ResponseWriter,
        _ take: (ByteBuffer) async throws -> Void
    ) async throws {
        if let encoding = headers.contentEncoding, encoding.lowercased() != "identity" {
            if let body = try await read(headers, writer: writer) { try await take(body) }
            return
        }
        guard !isAtEnd else { return }
        let refusal = RequestError(.bodyTooLarge, "content may have \(limit) bytes at most")
        if let length = headers.contentLength, length > limit { throw refusal }
        if headers.expectsContinue { try await writer.writeInformationalHead(.init(status: .continue)) }
        let deadline = ContinuousClock.now + limits.bodyTimeout
        var count = 0
        while let chunk = try await next() {
            count += chunk.readableBytes
            guard count <= limit else { throw refusal }
            try await take(chunk)
            if ContinuousClock.now > deadline {
                throw RequestError(.bodyTimeout, "the body did not arrive in time")
            }
        }
        isAtEnd = true
        if let length = headers.contentLength, count < length {
            throw RequestError(.malformed, "the body ends early")
        }
    }

    @concurrent private mutating func collect(expecting length: Int?) async throws -> ByteBuffer? {
        let deadline = ContinuousClock.now + limits.bodyTimeout
        guard var body = try await next() else {
            isAtEnd = true
            return nil
        }
        if let length, length > body.readableBytes { body.reserveCapacity(length) }
        while var chunk = try await next() {
            guard body.readableBytes + chunk.readableBytes <= limits.bodyByteCount else { throw tooLarge() }
            body.writeBuffer(&chunk)
            if ContinuousClock.now > deadline {
                throw RequestError(.bodyTimeout, "the body did not arrive in time")
            }
        }
        isAtEnd = true
        if let length, body.readableBytes < length { throw RequestError(.malformed, "the body ends early") }
        return body
    }

    /// Whatever stops the body short of its end, broken chunks or a client that left, is none of our faults.
    @concurrent private mutating func next() async throws -> ByteBuffer? {
        do {
            return try await chunks.next()
        } catch {
            throw RequestError(.malformed, "the body cannot be read to its end")
        }
    }

    /// Reads on for a while after an early answer without keeping anything, so that a client that is still sending
    /// gets to see the answer instead of a reset connection. Our side stays open meanwhile: many clients drop the
    /// answer when the connection ends before they have sent everything.
    @concurrent mutating func linger(on channel: any Channel) async {
        let start = ContinuousClock.now
        var rest = 64 << 20
        while rest > 0, ContinuousClock.now - start < .seconds(30) {
            let silence = channel.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
            defer { silence.cancel() }
            guard let chunk = try? await chunks.next() else { return }
            rest -= chunk.readableBytes
        }
    }

    private func tooLarge() -> RequestError {
        RequestError(.bodyTooLarge, "a body may have \(limits.bodyByteCount) bytes at most")
    }

    private static func isCompressed(_ encoding: String?) throws -> Bool {
        switch encoding?.lowercased() {
        case nil, "", "identity": false
        case "gzip", "x-gzip", "deflate": true
        default: throw RequestError(.unsupportedMediaType, "Content-Encoding may be gzip or deflate")
        }
    }
}
