import FHIRStore
import JSONTape

/// Bundles posted to the base (R4 http.html#transaction).
extension Interactions {
    func bundle(_ request: InteractionRequest) async throws -> InteractionAnswer {
        let bundle = try RequestBundle(
            try request.requireBody(), definitions: definitions, base: request.base)
        var request = request
        request.binaryContents = binaryContents(request)
        request.room = room(request)
        return switch bundle.kind {
        case .transaction: try await transaction(bundle, request)
        case .batch: try await batch(bundle, request)
        }
    }

    /// The answers as a Bundle of type `type`, in the order of the entries.
    func response(_ type: String, _ answers: [InteractionAnswer]) -> InteractionAnswer {
        var writer = JSONWriter(reservingByteCount: answers.reduce(256) { $0 + 256 + ($1.body?.count ?? 0) })
        writer.beginObject()
        writer.member("resourceType", "Bundle")
        writer.member("type", type)
        if !answers.isEmpty {
            writer.key("entry")
            writer.beginArray()
            for answer in answers { BundleWriter.entry(answer, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return InteractionAnswer(200, body: writer.bytes)
    }
}
