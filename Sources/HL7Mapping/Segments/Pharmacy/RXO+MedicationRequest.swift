internal import HL7Syntax

/// RXO (or RXE) with RXR to MedicationRequest; pharmacy orders in ORM^O01. RXO[MedicationRequest], §2.6.
struct MedicationOrderMap {
    let context: MappingContext

    func content(_ group: OrderGroup, _ segment: Segment, timing: OrderTimingMap) -> FHIRObject {
        let isEncoded = segment.isNamed("RXE")
        let profile = context.profile
        let concepts = CodeableConceptMap(context: context)
        var request = FHIRObject()
        request.append("identifier", group.placer(profile)?.map(type: "PLAC"))
        request.append("identifier", group.filler(profile)?.map(type: "FILL"))
        request.set("intent", .string("order"))
        let code = segment[field: isEncoded ? 2 : 1][repetition: 1]
        request.set(
            "medicationCodeableConcept",
            concepts.map(code, local: isEncoded ? "RXE-2" : "RXO-1") ?? .object(["text": .string("unknown")]))
        for note in NoteMap(context: context).notes(group.notes) { request.append("note", note.annotation) }
        request.append("dosageInstruction", dosage(group, segment, isEncoded: isEncoded, timing: timing))
        return request
    }

    private func dosage(
        _ group: OrderGroup, _ segment: Segment, isEncoded: Bool, timing: OrderTimingMap
    ) -> FHIRValue {
        let concepts = CodeableConceptMap(context: context)
        var dosage = FHIRObject()
        let instruction = segment[field: 7][component: 2].value ?? segment[field: 7][component: 1].value
        dosage.set("text", .text(instruction ?? timing.text))
        dosage.set("timing", timing.timing)
        if let route = group.routes.first {
            dosage.set("site", concepts.map(route[field: 2][repetition: 1], local: "RXR-2", table: "0163"))
            dosage.set("route", concepts.map(route[field: 1][repetition: 1], local: "RXR-1", table: "0162"))
            dosage.set("method", concepts.map(route[field: 4][repetition: 1], local: "RXR-4", table: "0165"))
        }
        let first = isEncoded ? 3 : 2
        let unit = Unit(segment[field: first + 2][repetition: 1], context.profile)
        func quantity(_ field: Int) -> FHIRValue? {
            DecimalText(segment.text(field), usesDecimalComma: context.profile.usesDecimalComma)
                .flatMap { $0.comparator == nil ? unit.quantity($0) : nil }
        }
        var dose = FHIRObject()
        if let low = quantity(first), let high = quantity(first + 1), low != high {
            dose.set("doseRange", .object(["low": low, "high": high]))
        } else {
            dose.set("doseQuantity", quantity(first))
        }
        dosage.append("doseAndRate", .object(dose))
        return .object(dosage)
    }
}
