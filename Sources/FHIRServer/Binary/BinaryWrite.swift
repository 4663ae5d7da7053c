import FHIRDefinitions
import FHIRFormats
import FHIRStore
import FoundationEssentials
import JSONTape

/// create and update of a Binary from content as it is (R4 binary.html#rest).
extension Interactions {
    /// Small content becomes the resource's `data` and takes the way of all resources. Large content goes into parts,
    /// in the transaction that writes the resource.
    func write(_ content: RawContent, _ request: InteractionRequest) async throws -> InteractionAnswer {
        var request = request
        let isInline = content.byteCount <= limits.inlineBinaryByteCount
        let resource = try await resource(of: content, request, isInline: isInline)
        request.body = .json(resource, Document.root)
        request.binary = nil
        return isInline ? try await answer(request) : try await writeParts(content, request)
    }

    private func resource(
        of content: RawContent, _ request: InteractionRequest, isInline: Bool
    ) async throws -> Document {
        var writer = JSONWriter(reservingByteCount: 512 + (isInline ? content.byteCount * 4 / 3 : 0))
        writer.beginObject()
        writer.member("resourceType", "Binary")
        if case .instance(_, let id) = request.route { writer.member("id", id) }
        writer.member("contentType", content.contentType)
        if let context = content.securityContext {
            writer.key("securityContext")
            writer.beginObject()
            writer.member("reference", context)
            writer.endObject()
        }
        if !isInline {
            Self.writeMarker(content, to: &writer)
        } else if content.byteCount > 0 {
            writer.member("data", Data(try await content.bytes(0..<content.byteCount)).base64EncodedString())
        }
        writer.endObject()
        return try Document.parse(writer.bytes, limits: JSONLimits(maximumByteCount: 1 << 28))
    }

    private static func writeMarker(_ content: RawContent, to writer: inout JSONWriter) {
        writer.key("_data")
        writer.beginObject()
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", StoredBinary.marker)
        writer.key("extension")
        writer.beginArray()
        writer.beginObject()
        writer.member("url", "size")
        writer.key("valueUnsignedInt")
        writer.number(content.byteCount)
        writer.endObject()
        writer.beginObject()
        writer.member("url", "sha256")
        writer.member("valueString", content.digest)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    /// Answers without the resource: the client has just sent it, and it is large.
    private func writeParts(_ content: RawContent, _ request: InteractionRequest) async throws -> InteractionAnswer {
        guard let type = request.route.type else { throw RequestError(.unknownPath, "nothing lives at this address") }
        let input = try resource(request, of: type)
        var request = request
        if request.conditions.prefer.return != .operationOutcome { request.conditions.prefer.return = .minimal }
        let result: WriteResult
        if case .instance(_, let id) = request.route {
            guard ResourceID.isValid(id) else {
                throw RequestError(
                    .malformed, "an id has 1 to 64 characters of A-Z, a-z, 0-9, - and .", expression: "Resource.id")
            }
            let precondition = try WritePrecondition(
                ifMatch: request.conditions.ifMatch, ifNoneMatch: request.conditions.ifNoneMatch)
            try await check(input)
            result = try await store.transaction { transaction in
                let result = try await transaction.update(input, id: id, precondition)
                try await Self.writeParts(content, of: result, transaction)
                return result
            }
        } else {
            guard try creationCriteria(type, request) == nil else {
                throw RequestError(.notSupported, "conditional creates of large raw content are not supported")
            }
            try await check(input)
            result = try await store.transaction { transaction in
                let result = try await transaction.create(input)
                try await Self.writeParts(content, of: result, transaction)
                return result
            }
        }
        return answer(result, input, nil, request)
    }

    private static func writeParts(
        _ content: RawContent, of result: WriteResult, _ transaction: StoreTransaction
    ) async throws {
        // The same content again makes no new version, and the current one has its parts.
        guard result.effect == .created || result.effect == .updated else { return }
        let size = BinaryParts.byteCount
        for (part, start) in stride(from: 0, to: content.byteCount, by: size).enumerated() {
            let bytes = try await content.bytes(start..<min(start + size, content.byteCount))
            try await transaction.writeBinaryPart(
                part, of: result.stamp.id, digest: content.digest, bytes)
        }
    }
}
