import Crypto
import NIOCore

/// The content of a Binary as it was sent, in memory while small, else in a temporary file.
package final class RawContent: Sendable {
    /// `Content-Type`, its parameters included.
    let contentType: String
    /// `X-Security-Context`: what decides who may see it (R4 binary.html#security).
    let securityContext: String?
    let byteCount: Int
    /// SHA-256 in hexadecimal.
    let digest: String
    private let storage: Storage

    fileprivate enum Storage: Sendable {
        case memory(ByteBuffer)
        case file(SpoolFile)
    }

    fileprivate init(
        contentType: String, securityContext: String?, byteCount: Int, digest: String, storage: Storage
    ) {
        self.contentType = contentType
        self.securityContext = securityContext
        self.byteCount = byteCount
        self.digest = digest
        self.storage = storage
    }

    /// What stands at these offsets.
    func bytes(_ range: Range<Int>) async throws -> [UInt8] {
        switch storage {
        case .memory(let buffer):
            return buffer.getBytes(at: buffer.readerIndex + range.lowerBound, length: range.count) ?? []
        case .file(let file): return try await file.read(range)
        }
    }
}

/// Gathers raw content piece by piece.
struct RawContentCollector {
    private let contentType: String
    private let securityContext: String?
    /// What may stay in memory, in bytes.
    private let memoryLimit: Int
    private var buffer = ByteBuffer()
    private var file: SpoolFile?
    private var byteCount = 0
    private var hash = SHA256()

    /// Throws `RequestError` where a header cannot be what the resource holds.
    init(contentType: String?, securityContext: String?, memoryLimit: Int) throws {
        self.contentType = try Self.code(contentType ?? "application/octet-stream")
        self.securityContext = try securityContext.map(Self.reference)
        self.memoryLimit = memoryLimit
    }

    /// `Binary.contentType` is a code: no blanks but single ones (R4 datatypes.html#code).
    private static func code(_ field: String) throws -> String {
        let parts = field.split { $0 == " " || $0 == "\t" }
        let code = parts.joined(separator: " ")
        guard code.contains("/"), code.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw RequestError(.unsupportedMediaType, "Content-Type is no media type")
        }
        return code
    }

    private static func reference(_ field: String) throws -> String {
        let text = field.trimmed
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RequestError(.malformed, "X-Security-Context is a reference such as Patient/23")
        }
        return String(text)
    }

    mutating func append(_ piece: ByteBuffer) async throws {
        piece.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        byteCount += piece.readableBytes
        var piece = piece
        buffer.writeBuffer(&piece)
        guard buffer.readableBytes > memoryLimit || file != nil && buffer.readableBytes >= 256 << 10 else { return }
        try await spool()
    }

    private mutating func spool() async throws {
        let target: SpoolFile
        if let file { target = file } else { target = try await SpoolFile.make() }
        file = target
        try await target.write(buffer, at: byteCount - buffer.readableBytes)
        buffer.clear()
    }

    mutating func finish() async throws -> RawContent {
        if file != nil, buffer.readableBytes > 0 { try await spool() }
        let digest = hash.finalize().map { byte in
            [byte >> 4, byte & 15].map { String($0, radix: 16) }.joined()
        }
        return RawContent(
            contentType: contentType, securityContext: securityContext, byteCount: byteCount,
            digest: digest.joined(), storage: file.map { .file($0) } ?? .memory(buffer))
    }
}
