internal import HL7Syntax
package import JSONTape

/// DiagnosticReport to ORU^R01. §2.5.
package enum ResultMessage: OutboundMap {
    package static let resourceType = "DiagnosticReport"
    package static let kinds = ["ORU^R01"]

    private static let released: Set<String> = ["final", "corrected", "amended", "appended"]
    /// What takes a released report back.
    private static let withdrawn: Set<String> = ["cancelled", "entered-in-error"]

    package static func message(_ event: OutboundEvent, wanted: Set<String>) -> OutboundOccasion? {
        let report = event.new
        let wasReleased = released.contains(event.oldStatus)
        guard released.contains(event.newStatus) || (withdrawn.contains(event.newStatus) && wasReleased) else {
            return nil
        }
        return occasion(event, isCorrection: false)
    }

    /// Whether receivers know the report.
    static func isReleased(_ report: JSONNode) -> Bool { released.contains(report["status"]?.string ?? "") }

    /// - Parameter isCorrection: a result of the report was corrected, and the report itself not changed.
    static func occasion(_ event: OutboundEvent, isCorrection: Bool) -> OutboundOccasion {
        let report = event.new
        let subject = report["subject"]?["reference"]?.string?.withoutVersion
        return OutboundOccasion(
            kind: "ORU^R01", structure: "ORU_R01", key: subject ?? "DiagnosticReport/\(event.id)"
        ) { writer in
            write(report, event, isCorrection: isCorrection, to: &writer)
        }
    }

    private static func write(
        _ report: JSONNode, _ event: OutboundEvent, isCorrection: Bool, to writer: inout OutboundWriter
    ) {
        let values = FieldValues(profile: writer.profile)
        let orders = (report["basedOn"]?.items ?? []).compactMap { event.resolve($0) }
        var numbers = OrderNumbers(orders.first, values)
        if let placer = values.identifier(report, type: "PLAC") { numbers.placer = values.entity(placer) }
        if let filler = values.identifier(report, type: "FILL") { numbers.filler = values.entity(filler) }
        if numbers.filler.isEmpty { numbers.filler = values.entity(event.id, "urn:martlet:report") }
        let isInError = event.newStatus == "entered-in-error"
        // OBR-25 fits the results: with one that was corrected the report is, at the time of the correction.
        let status = isCorrection ? "C" : OutboundOrderTable.reportStatus(event.newStatus)
        writer.patient(event.resolve(report["subject"]))
        writer.visit(event.resolve(report["encounter"]), event)
        writer.orderControl(orders.first, numbers, control: "RE", status: "", event)

        var segment = writer.segment("OBR")
        segment.set(1, writer.number("OBR"))
        segment.fill(2, [numbers.placer])
        segment.fill(3, [numbers.filler])
        segment.fill(4, [values.concept(report["code"])])
        let period = report["effectivePeriod"]
        segment.fill(7, FieldText.time((report["effectiveDateTime"] ?? period?["start"])?.string))
        segment.fill(8, FieldText.time(period?["end"]?.string))
        segment.fill(16, [values.person(orders.first?["requester"], event)])
        let issued = isCorrection ? nil : report["issued"]?.string
        segment.fill(22, FieldText.time(issued ?? event.recorded))
        segment.fill(24, values.code(report["category"], system: "http://terminology.hl7.org/CodeSystem/v2-0074"))
        segment.fill(25, status)
        writer.append(segment)

        if let conclusion = report["conclusion"]?.string {
            let note = writer.segment("NTE").setting(1, "1").setting(3, .text(conclusion)).setting(4, "RE")
            writer.append(note)
        }
        for reference in report["result"]?.items ?? [] {
            guard let observation = event.resolve(reference) else { continue }
            writer.observation(observation, isReportInError: isInError)
            for member in observation["hasMember"]?.items ?? [] {
                if let result = event.resolve(member), result["resourceType"]?.string == "Observation" {
                    writer.observation(result, isReportInError: isInError)
                }
            }
        }
        let word = OutboundOrderTable.observationStatus(event.newStatus, hasValue: true, isReportInError: isInError)
        for attachment in report["presentedForm"]?.items ?? [] {
            writer.document(attachment, code: values.concept(report["code"]), status: word.isEmpty ? "C" : word)
        }
        guard !writer.profile.isBefore(2, 5) else { return }
        for reference in report["specimen"]?.items ?? [] {
            if let specimen = event.resolve(reference) { writer.specimen(specimen) }
        }
    }
}
