package import HL7Syntax

/// MDM^T01 to T11: documents announced, sent, amended, replaced and taken back. §2.11.
enum DocumentMap: MessageMap {
    static let kinds: [String: Set<String>] = [
        "MDM": ["T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11"]
    ]

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        let scope = try MessageScope(message, profile: profile)
        guard let segment = message["TXA"] else {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "TXA"), "no TXA segment")
        }
        guard let number = scope.entity(segment, 12) else {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: segment[field: 12].location, "no number of the document")
        }
        let event = DocumentEvent(scope.context.header.triggerEvent)
        let key = DocumentReferenceMap.key(number, profile)
        let parent = scope.entity(segment, 13).flatMap { $0 == number ? nil : $0 }
        let (binaries, attachments) = content(message, of: key, title: segment[field: 25].value, event, scope)
        let parentReference: FHIRValue? = parent.map {
            .object([
                "reference": .string(DocumentReferenceMap.key($0, profile).reference),
                "type": .string("DocumentReference"), "identifier": $0.map(type: nil),
            ])
        }
        let document = StatedResource(
            key,
            DocumentReferenceMap(scope: scope, event: event)
                .content(segment, attachments: attachments, parent: parentReference),
            identifiers: number.claims, rule: rule(event), absence: event.isCancelled ? .skip : .create,
            stamp: scope.context.eventStamp, location: segment.location)
        let before = parent.map { [self.parent($0, event, segment, scope)] } ?? []
        return scope.message(
            before + binaries + [document] + SignatureMap(scope: scope).map(segment, document: document))
    }

    /// An announcement leaves the stored content alone, and a cancellation leaves alone all but the status.
    private static func rule(_ event: DocumentEvent) -> StatedResource.Rule {
        if event.isCancelled {
            return .change { stored, stated in
                var changed = stored
                changed.set("status", stated["status"])
                changed.set("docStatus", stated["docStatus"])
                return changed
            }
        }
        guard event.isNotification else { return .overlay }
        return .change { stored, stated in ElementOverlay.lay(stated.dropping(["content"]), over: stored) }
    }

    /// What the document amends stays in use; what it replaces does not. Both only if they are here.
    private static func parent(
        _ number: EntityIdentifier, _ event: DocumentEvent, _ segment: Segment, _ scope: MessageScope
    ) -> StatedResource {
        let replaces = event.relation == .replaces
        return StatedResource(
            DocumentReferenceMap.key(number, scope.profile), FHIRObject(), identifiers: number.claims,
            rule: .change { stored, _ in
                guard replaces, stored.text("status") == "current" else { return nil }
                var changed = stored
                changed.set("status", .string("superseded"))
                return changed
            },
            absence: .skip, location: segment[field: 13].location)
    }

    /// The data of each attachment as a Binary, and the attachments that point there.
    private static func content(
        _ message: RawMessage, of key: IdentityKey, title: String?, _ event: DocumentEvent, _ scope: MessageScope
    ) -> (binaries: [StatedResource], attachments: [FHIRObject]) {
        guard !event.isCancelled else { return ([], []) }
        let results = message.segments.drop { !$0.isNamed("TXA") }.filter { $0.isNamed("OBX") }
        var binaries: [StatedResource] = []
        var attachments: [FHIRObject] = []
        for attachment in DocumentContentMap(scope: scope).attachments(results, title: title) {
            guard let data = attachment["data"] else {
                attachments.append(attachment)
                continue
            }
            let binary = StatedResource(
                IdentityKey("Binary", [key.text, "\(binaries.count + 1)"]),
                FHIRObject([
                    "contentType": attachment["contentType"], "securityContext": .reference(scope.subject),
                    "data": data,
                ]),
                stamp: scope.context.eventStamp, location: nil)
            var pointer = attachment.dropping(["data"])
            pointer.set("url", .string(binary.address))
            binaries.append(binary)
            attachments.append(pointer)
        }
        return (binaries, attachments)
    }
}
