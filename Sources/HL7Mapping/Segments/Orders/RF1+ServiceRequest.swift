internal import HL7Syntax

/// RF1 with PRD, DG1, PR1 and OBR to ServiceRequest: a referral.
struct ReferralRequestMap {
    let scope: MessageScope

    /// RF1-6, else RF1-11; nil without a number.
    func key(_ segment: Segment) -> IdentityKey? {
        let profile = scope.profile
        for (field, kind) in [(6, "referral"), (11, "external")] {
            if let number = scope.entity(segment, field) {
                return IdentityKey("ServiceRequest", [profile.id, kind, number.keyPart])
            }
        }
        return nil
    }

    func claims(_ segment: Segment) -> [FHIRIdentifier] {
        [6, 11].compactMap { scope.entity(segment, $0) }.flatMap(\.claims)
    }

    func content(_ segment: Segment, isCancelled: Bool) -> FHIRObject {
        let (context, message) = (scope.context, scope.context.message)
        var request = FHIRObject()
        for (field, kind) in [(6, "PLAC"), (11, "FILL")] {
            request.append("identifier", scope.entity(segment, field)?.map(type: kind))
        }
        request.set("status", .string(ReferralTable.status(segment.code(1), isCancelled: isCancelled)))
        request.set("intent", .string("order"))
        // SNOMED CT "Patient referral": what tells it from orders of services.
        request.append("category", .concept("http://snomed.info/sct", "3457005", display: "Patient referral"))
        request.append("category", contentsOf: scope.concepts(segment, 3, table: "0281"))
        request.append("category", contentsOf: scope.concepts(segment, 5, table: "0284"))
        request.set("priority", OrderStatusTable.priority(segment.code(2)).map { .string($0) })
        request.set("code", code(message))
        request.append("orderDetail", contentsOf: scope.concepts(segment, 4, table: "0282"))
        request.set("subject", .reference(scope.subject))
        request.set("encounter", scope.encounter)
        request.set(
            "occurrencePeriod",
            PeriodMap.map(context, start: segment.text(7), end: segment.text(8), at: segment[field: 7].location))
        context.dateTime(segment[field: 9])?.set("authoredOn", in: &request)
        addProviders(&request)
        request.append("reasonCode", contentsOf: scope.concepts(segment, 10, table: "0336"))
        for diagnosis in message.segments(named: "DG1") {
            request.append("reasonCode", contentsOf: scope.concepts(diagnosis, 3))
        }
        for note in NoteMap(context: context).notes(notes(message)) { request.append("note", note.annotation) }
        return request
    }

    /// PR1-3, else OBR-4: what the patient is referred for.
    private func code(_ message: RawMessage) -> FHIRValue? {
        message["PR1"].flatMap { scope.concept($0, 3) } ?? message["OBR"].flatMap { scope.concept($0, 4) }
    }

    /// RP refers, RT is referred to. HL7 table 0286.
    private func addProviders(_ request: inout FHIRObject) {
        for segment in scope.context.message.segments(named: "PRD") {
            guard let provider = ProviderMap(scope: scope).reference(segment) else { continue }
            let roles = segment[field: 1].repetitions.map { $0[component: 1].string.collapsed.uppercased() }
            if roles.contains("RP"), request["requester"] == nil {
                request.set("requester", provider)
            } else if roles.contains("RT") {
                request.append("performer", provider)
            }
        }
    }

    /// Those behind PID, RF1 or at the end; the ones about single results stay with them.
    private func notes(_ message: RawMessage) -> [Segment] {
        var isAboutReferral = false
        return message.segments.filter { segment in
            if segment.isNamed("NTE") { return isAboutReferral }
            isAboutReferral = segment.isNamed("RF1")
            return false
        }
    }
}

/// RF1-1, HL7 table 0283.
enum ReferralTable {
    static func status(_ code: String, isCancelled: Bool) -> String {
        if isCancelled { return "revoked" }
        // A accepted, P pending, R rejected, E expired.
        return code == "R" || code == "E" ? "revoked" : "active"
    }
}
