internal import HL7Syntax

/// OBR to DiagnosticReport. OBR[DiagnosticReport], §2.5.1.
struct DiagnosticReportMap {
    let context: MappingContext
    let scope: ResultScope

    /// What the report points at.
    struct Content {
        var results: [String] = []
        var specimens: [String] = []
        var basedOn: String?
        var attachments: [FHIRValue] = []
    }

    func map(
        _ group: ResultGroup, key: IdentityKey, content: Content
    ) -> (resource: MappedResource, status: String) {
        let order = group.order
        var report = FHIRObject(["resourceType": .string("DiagnosticReport"), "id": .string(key.id)])
        let notes = NoteMap(context: context).notes(group.notes)
        for note in notes where note.kind != "RE" {
            report.append("extension", .extension(ExtensionURL.reportNoteR5, "valueAnnotation", note.annotation))
        }
        report.append("identifier", group.placer(context.profile)?.map(type: "PLAC"))
        report.append("identifier", group.filler(context.profile)?.map(type: "FILL"))
        report.set("basedOn", content.basedOn.map { .array([.reference($0)]) })
        let status = self.status(group)
        report.set("status", .string(status.status))
        report.set("_status", status.companion)
        addCategory(order, &report)
        report.set("code", code(order))
        report.set("subject", .reference(scope.subject))
        report.set("encounter", scope.encounter)
        addEffective(order, &report)
        scope.issued?.setInstant("issued", in: &report)
        addPeople(order, &report)
        report.set("specimen", .array(content.specimens.map { .reference($0) }))
        report.set("result", .array(content.results.map { .reference($0) }))
        let conclusion = notes.filter { $0.kind == "RE" }.map(\.text).joined(separator: "\n")
        report.set("conclusion", .text(conclusion))
        report.set("presentedForm", .array(content.attachments))
        let resource = MappedResource(
            key, report, matching: .update,
            stamp: ResultStamp(seconds: scope.stampSeconds, rank: ResultStamp.rank(status: status.status)),
            location: order.location)
        return (resource, status.status)
    }

    /// OBR-25, else what the results say; without warnings.
    static func plainStatus(_ group: ResultGroup) -> String {
        ReportStatusTable.entry(group.order.code(25))?.status
            ?? ReportStatusTable.derived(group.results.map { $0.first.code(11) })
    }

    /// OBR-25, else what the results say.
    private func status(_ group: ResultGroup) -> (status: String, companion: FHIRValue?) {
        let field = group.order[field: 25]
        let sent = field[component: 1].string.cleaned
        guard let entry = ReportStatusTable.entry(sent.uppercased()) else {
            if !sent.isEmpty { context.warn(.tableValueNotFound, at: field.location, "report status not known") }
            return (ReportStatusTable.derived(group.results.map { $0.first.code(11) }), nil)
        }
        if entry.isMisplaced || sent != sent.uppercased() {
            context.warn(.tableValueNotFound, at: field.location, "report status is not one of table 0123")
        }
        let alternate = entry.alternateCode.flatMap {
            FHIRValue.extension(
                ExtensionURL.alternateCodes, "valueCodeableConcept",
                .concept("http://terminology.hl7.org/CodeSystem/v2-0123", $0))
        }
        return (entry.status, alternate.map { .object(["extension": .array([$0])]) })
    }

    private func addCategory(_ order: Segment, _ report: inout FHIRObject) {
        let system = "http://terminology.hl7.org/CodeSystem/v2-0074"
        if let section = order[field: 24].value?.collapsed, !section.isEmpty {
            report.append("category", .concept(system, section))
        } else if context.profile.isLaboratory {
            report.append("category", .concept(system, "LAB"))
        }
    }

    private func code(_ order: Segment) -> FHIRValue {
        CodeableConceptMap(context: context).map(order[field: 4][repetition: 1], local: "OBR-4")
            ?? .dataAbsentExtension("unknown")
    }

    private func addEffective(_ order: Segment, _ report: inout FHIRObject) {
        let end = order[field: 8]
        if end.isValued, end.string != order[field: 7].string, order[field: 7].isValued {
            report.set(
                "effectivePeriod",
                PeriodMap.map(context, start: order.text(7), end: order.text(8), at: order[field: 7].location))
        } else {
            scope.effective?.set("effectiveDateTime", in: &report)
        }
    }

    private func addPeople(_ order: Segment, _ report: inout FHIRObject) {
        let people = PractitionerMap(context: context)
        report.append("performer", OrganizationMap(context: context).sender())
        for (field, function) in [(33, "SPRF"), (34, "SPRF"), (35, "TRANS")] {
            for person in order[field: field].repetitions {
                guard case .object(var reference)? = people.reference(nested: person[component: 1]) else { continue }
                let concept = FHIRValue.concept(
                    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", function)
                reference.append(
                    "extension", .extension(ExtensionURL.performerFunction, "valueCodeableConcept", concept))
                report.append("performer", .object(reference))
            }
        }
        report.append(
            "resultsInterpreter", people.reference(nested: order[field: 32][repetition: 1][component: 1]))
    }
}
