import FHIRDefinitions
import FHIRFormats
import FHIRStore

/// read (R4 http.html#read), with conditional reads (R4 http.html#cread).
extension Interactions {
    func read(_ type: TypeID, id: String, _ request: InteractionRequest) async throws -> InteractionAnswer {
        // No resource can have such an id, so there is nothing to find.
        guard ResourceID.isValid(id) else {
            throw StoreError(.notFound, "\(definitions.name(of: type)) has no such id")
        }
        let shape = try shape(request, type)
        return answer(try await complete(store.read(type, id: id), request), shape, request)
    }

    /// The version with the content that it has in parts, where it is a Binary.
    func complete(_ version: StoredVersion, _ request: InteractionRequest) async throws -> StoredVersion {
        guard version.type == binaryType else { return version }
        return try await binaryContents(request).complete([version])[0]
    }

    /// The version, or 304 if the client has it.
    func answer(
        _ version: StoredVersion, _ shape: ResourceShape?, _ request: InteractionRequest
    ) -> InteractionAnswer {
        let stamp = version.stamp
        var answer = InteractionAnswer(200, version: stamp.version, lastModified: stamp.updated)
        if isKnown(stamp, request.conditions) {
            answer.status = 304
        } else {
            answer.body = render(version, shape: shape)
        }
        return answer
    }

    /// RFC 9110 §13.2.2: `If-Modified-Since` counts only without `If-None-Match`.
    func isKnown(_ stamp: VersionStamp, _ conditions: Conditions) -> Bool {
        if let tags = conditions.ifNoneMatch {
            if tags.trimmed == "*" { return true }
            return WritePrecondition.versions(inTags: tags)?.contains(stamp.version) ?? false
        }
        guard let since = conditions.ifModifiedSince.flatMap(HTTPDate.instant) else { return false }
        // The header knows whole seconds only.
        let seconds = stamp.updated.microsecondsSince1970 / 1_000_000
        return seconds <= since.microsecondsSince1970 / 1_000_000
    }
}
