internal import HL7Syntax

/// TXA with its OBX to DocumentReference. TXA[DocumentReference], §2.11.
struct DocumentReferenceMap {
    let scope: MessageScope
    let event: DocumentEvent

    static func key(_ number: EntityIdentifier, _ profile: SourceProfile) -> IdentityKey {
        IdentityKey("DocumentReference", [profile.id, number.keyPart])
    }

    /// - Parameters:
    ///   - attachments: with the addresses of their data, or none for an announcement.
    ///   - parent: the address of TXA-13's document.
    func content(_ segment: Segment, attachments: [FHIRObject], parent: FHIRValue?) -> FHIRObject {
        let context = scope.context
        var document = FHIRObject()
        if let number = scope.entity(segment, 12) { document.set("masterIdentifier", number.map(type: nil)) }
        if let file = segment[field: 16].value?.cleaned, !file.isEmpty {
            document.append(
                "identifier",
                .object(["system": .string(scope.profile.localSystem("ns", "TXA-16")), "value": .text(file)]))
        }
        addStatus(segment, &document)
        document.set("type", scope.concept(segment, 2, table: "0270"))
        document.set("subject", .reference(scope.subject))
        (context.dateTime(segment[field: 6]) ?? context.dateTime(segment[field: 7]))?
            .setInstant("date", in: &document)
        addPeople(segment, &document)
        if event.relation != .none, let parent {
            document.append(
                "relatesTo", .object(["code": .string(event.relation.rawValue), "target": parent]))
        }
        document.set("description", .text(segment[field: 25].value))
        addSecurity(segment, &document)
        for attachment in attachments { document.append("content", .object(["attachment": .object(attachment)])) }
        if attachments.isEmpty { document.append("content", announcement(segment)) }
        document.set("context", surroundings(segment))
        return document
    }

    private func addStatus(_ segment: Segment, _ document: inout FHIRObject) {
        let (completion, availability) = (segment.code(17), segment.code(19))
        document.set(
            "status", .string(event.isCancelled ? "entered-in-error" : DocumentStatusTable.status(availability)))
        if !completion.isEmpty, DocumentStatusTable.docStatus(completion) == nil {
            scope.context.warn(.tableValueNotFound, at: segment[field: 17].location, "completion status not known")
        }
        let status = DocumentStatusTable.docStatus(completion) ?? (event.relation == .replaces ? "final" : nil)
        document.set("docStatus", (event.isCancelled ? "entered-in-error" : status).map { .string($0) })
    }

    /// TXA-9 wrote it, TXA-5 did what it tells of; R4 has room for one who signed.
    private func addPeople(_ segment: Segment, _ document: inout FHIRObject) {
        var authors: [FHIRValue] = []
        for field in [9, 5] {
            for person in scope.people(segment, field) where !authors.contains(person) { authors.append(person) }
        }
        document.set("author", .array(authors))
        document.set("authenticator", scope.person(segment, 10) ?? scope.person(segment, 22))
        document.set("custodian", OrganizationMap(context: scope.context).sender())
    }

    private func addSecurity(_ segment: Segment, _ document: inout FHIRObject) {
        if let code = DocumentStatusTable.confidentiality(segment.code(18)) {
            document.append(
                "securityLabel", .concept("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", code))
        }
        if segment.code(19) == "UN" {
            document.append("securityLabel", .concept("http://terminology.hl7.org/CodeSystem/v2-0273", "UN"))
        }
    }

    /// R4 wants content even where only news of it came: its title, and its kind if TXA-3 tells.
    private func announcement(_ segment: Segment) -> FHIRValue {
        let type = segment[field: 2][repetition: 1]
        let title = [segment[field: 25].value, type[component: 2].value, type[component: 1].value]
            .lazy.compactMap { $0?.cleaned }.first { !$0.isEmpty }
        return .object([
            "attachment": .object([
                "contentType": DocumentStatusTable.contentType(segment.code(3)).map { .string($0) },
                "title": .text(title ?? "document"),
            ])
        ])
    }

    private func surroundings(_ segment: Segment) -> FHIRValue {
        let context = scope.context
        var surroundings = FHIRObject()
        surroundings.append("encounter", scope.encounter)
        surroundings.set(
            "period",
            PeriodMap.map(context, start: segment.text(4), end: "", at: segment[field: 4].location))
        for (field, kind) in [(14, "PLAC"), (15, "FILL")] {
            for repetition in segment[field: field].repetitions {
                let number = EntityIdentifier(repetition, scope.profile)
                surroundings.append("related", number?.reference("ServiceRequest", as: kind))
            }
        }
        return .object(surroundings)
    }
}
