import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FoundationEssentials
import HTTPTypes
import JSONTape
import NIOCore

/// read and vread of a Binary: its bytes, or the resource with all of them in base64 (R4 binary.html#rest).
extension Interactions {
    /// The answer where a Binary is not like other resources; nil where it is.
    func binary(_ request: InteractionRequest, _ wish: BinaryWish) async throws -> InteractionAnswer? {
        if case .raw(let content) = request.body { return try await write(content, request) }
        guard request.method.isRead, let version = try await binaryVersion(request.route) else { return nil }
        let stored = try StoredBinary(version)
        let isRaw = wish.isRaw(stored.contentType)
        if !isRaw { try wish.representation.require() }
        let parts = try await parts(of: stored)
        let shape = isRaw ? nil : try shape(request, version.type)
        guard isRaw || parts != nil && shape == nil else {
            return answer(try await complete(version, request), shape, request)
        }
        var answer = InteractionAnswer(200, version: version.stamp.version, lastModified: version.stamp.updated)
        if isKnown(version.stamp, request.conditions) {
            answer.status = 304
        } else if isRaw {
            try answerContent(stored, parts, wish, &answer)
        } else if let parts {
            try answerResource(stored, parts, wish.representation, &answer)
        }
        return answer
    }

    private func binaryVersion(_ route: Route) async throws -> StoredVersion? {
        switch route {
        case .instance(let type, let id) where ResourceID.isValid(id):
            return try await store.read(type, id: id)
        case .version(let type, let id, let version) where ResourceID.isValid(id):
            guard let number = Int32(version), number > 0 else { return nil }
            return try await store.vread(type, id: id, version: Int(number))
        default: return nil
        }
    }

    /// Content in the side table.
    private struct Parts: Sendable {
        let store: FHIRStore
        let id: String
        let digest: String
        let byteCount: Int

        func read(_ part: Int) async throws -> [UInt8] {
            try await store.binaryPart(part, of: id, digest: digest)
        }
    }

    private func parts(of stored: StoredBinary) async throws -> Parts? {
        guard let digest = stored.digest else { return nil }
        let id = stored.version.stamp.id
        return try await store.binaryByteCount(of: id, digest: digest).map { count in
            Parts(store: store, id: id, digest: digest, byteCount: count)
        }
    }

    // MARK: - Bytes

    private func answerContent(
        _ stored: StoredBinary, _ parts: Parts?, _ wish: BinaryWish, _ answer: inout InteractionAnswer
    ) throws {
        let inline = parts == nil ? stored.inlineContent : []
        guard let inline else {
            throw RequestError(.notAcceptable, "the data is no base64: ask for application/fhir+json")
        }
        let byteCount = parts?.byteCount ?? inline.count
        answer.contentType = stored.contentType
        answer.fields = Self.contentFields
        if let context = stored.securityContext {
            answer.fields.append(HTTPField(name: .securityContext, value: context))
        }
        var range = 0..<byteCount
        switch ByteRange(wish.range, of: byteCount) {
        case .whole: break
        case .part(let part):
            range = part
            answer.status = 206
            answer.fields.append(
                HTTPField(
                    name: .contentRange, value: "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(byteCount)"))
        case .unsatisfiable:
            answer.status = 416
            answer.contentType = nil
            answer.fields = [HTTPField(name: .contentRange, value: "bytes */\(byteCount)")]
            answer.body = OperationOutcome.json([
                OutcomeIssue(code: "invalid", diagnostics: "the content has \(byteCount) bytes")
            ])
            return
        }
        answer.stream = parts.map { Self.stream($0, range) } ?? ContentStream(inline[range])
    }

    /// The content comes from anybody, so no browser may guess its type or run it within our origin.
    private static let contentFields = [
        HTTPField(name: .acceptRanges, value: "bytes"), HTTPField(name: .contentTypeOptions, value: "nosniff"),
        HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; sandbox"),
    ]

    private static func stream(_ parts: Parts, _ range: Range<Int>) -> ContentStream {
        let size = BinaryParts.byteCount
        let first = range.lowerBound / size
        let last = range.isEmpty ? first : (range.upperBound - 1) / size + 1
        return ContentStream(byteCount: range.count, pieceCount: last - first) { index in
            let part = first + index
            let bytes = try await parts.read(part)
            let here = range.clamped(to: part * size..<part * size + bytes.count)
            return ByteBuffer(bytes: bytes[here.lowerBound - part * size..<here.upperBound - part * size])
        }
    }

    // MARK: - Resource

    private func answerResource(
        _ stored: StoredBinary, _ parts: Parts, _ representation: Representation, _ answer: inout InteractionAnswer
    ) throws {
        // Written with a word in the place of the data, which is then replaced while the answer is sent.
        let word = "Content" + String(UInt64.random(in: .min ... .max), radix: 36)
        let resource = stored.json(data: word)
        let json = resource.withUnsafeBufferPointer {
            store.renderer.render(content: $0, stamp: stored.version.stamp)
        }
        let written = representation.write(json, XMLResourceWriter(definitions: definitions))
        guard let place = written.bytes.firstRange(of: Array(word.utf8)) else {
            throw StoreError(.fault, "a Binary cannot be written")
        }
        let start = Array(written.bytes[..<place.lowerBound])
        let end = Array(written.bytes[place.upperBound...])
        let partCount = (parts.byteCount + BinaryParts.byteCount - 1) / BinaryParts.byteCount
        answer.contentType = written.contentType
        answer.stream = ContentStream(
            byteCount: start.count + (parts.byteCount + 2) / 3 * 4 + end.count, pieceCount: partCount + 2
        ) { index in
            if index == 0 { return ByteBuffer(bytes: start) }
            if index == partCount + 1 { return ByteBuffer(bytes: end) }
            return ByteBuffer(bytes: Data(try await parts.read(index - 1)).base64EncodedData())
        }
    }
}

extension HTTPField.Name {
    // Force unwrapped: the texts are valid field names.
    static let securityContext = HTTPField.Name("X-Security-Context")!
    static let contentTypeOptions = HTTPField.Name("X-Content-Type-Options")!
}
