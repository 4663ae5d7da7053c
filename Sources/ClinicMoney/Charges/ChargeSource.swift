import Clinic
import FHIRFormats
import JSONTape

/// Something that was rendered in a visit and may be charged: the visit itself, an order, a procedure, a drug.
struct ChargeSource: Sendable {
    let service: LocalReference
    /// What it is called; the first with a price is charged.
    let concepts: [JSONNode]
    /// When it was rendered, as the resource says it.
    let time: String?
    /// The quantity as JSON; nil for one.
    let quantity: [UInt8]?
    /// Whether it is charged once for each of its codes, or once whatever its codes are.
    let isChargedByCode: Bool

    private init(
        _ resource: StoredResource, concepts: [JSONNode], time: String?, quantity: JSONNode? = nil,
        isChargedByCode: Bool = false
    ) {
        service = resource.reference
        self.concepts = concepts
        self.time = time
        self.quantity = quantity?.source
        self.isChargedByCode = isChargedByCode
    }

    /// Everything in a visit that may be charged, and what was charged there before.
    static func all(
        of encounter: StoredResource, _ work: ClinicWork
    ) async throws -> (sources: [ChargeSource], charges: [StoredResource]) {
        var sources = [visit(encounter)].compactMap(\.self)
        let place = encounter.reference.text
        let found = try await work.search(all: [
            ("ServiceRequest", [("encounter", place)]), ("DiagnosticReport", [("encounter", place)]),
            ("Procedure", [("encounter", place)]), ("MedicationDispense", [("context", place)]),
            ("ChargeItem", [("context", place)]),
        ])
        let orders = found[0]
            .filter { ["active", "completed"].contains($0.status) && $0.node["doNotPerform"]?.bool != true }
            .filter { ["order", "original-order", "instance-order", nil].contains($0.node["intent"]?.string) }
        sources += orders.map { order in
            ChargeSource(
                order, concepts: [order.node["code"]].compactMap(\.self),
                time: order.node["occurrenceDateTime"]?.string ?? order.node["authoredOn"]?.string)
        }
        let ordered = Set(orders.map(\.reference))
        sources += reports(found[1], ordered: ordered)
        for procedure in found[2] where procedure.status == "completed" && !isBased(procedure, on: ordered) {
            let time = procedure.node["performedDateTime"] ?? procedure.node["performedPeriod"]?["start"]
            sources.append(
                ChargeSource(procedure, concepts: [procedure.node["code"]].compactMap(\.self), time: time?.string))
        }
        return (sources + (try await drugs(found[3], work)), found[4])
    }

    private static func visit(_ encounter: StoredResource) -> ChargeSource? {
        guard !["planned", "cancelled", "entered-in-error", "unknown"].contains(encounter.status) else { return nil }
        let types = encounter.node["type"]?.items ?? []
        let others = [encounter.node["serviceType"]].compactMap(\.self)
        // What kind of visit it was tells most, the class least; the class is a Coding.
        let group = types + others + [encounter.node["class"]].compactMap(\.self)
        return ChargeSource(
            encounter, concepts: group, time: encounter.node["period"]?["start"]?.string, isChargedByCode: true)
    }

    /// Reports of what was not ordered here.
    private static func reports(_ reports: [StoredResource], ordered: Set<LocalReference>) -> [ChargeSource] {
        reports
            .filter { ["final", "amended", "corrected", "appended"].contains($0.status) && !isBased($0, on: ordered) }
            .map { report in
                let time = report.node["effectiveDateTime"] ?? report.node["effectivePeriod"]?["start"]
                return ChargeSource(
                    report, concepts: [report.node["code"]].compactMap(\.self),
                    time: (time ?? report.node["issued"])?.string)
            }
    }

    private static func isBased(_ resource: StoredResource, on orders: Set<LocalReference>) -> Bool {
        (resource.node["basedOn"]?.items ?? []).contains { LocalReference($0).map(orders.contains) ?? false }
    }

    private static func drugs(_ dispenses: [StoredResource], _ work: ClinicWork) async throws -> [ChargeSource] {
        var sources: [ChargeSource] = []
        for dispense in dispenses where dispense.status == "completed" {
            var concept = dispense.node["medicationCodeableConcept"]
            if concept == nil, let medication = LocalReference(dispense.node["medicationReference"]),
                medication.typeName == "Medication"
            {
                concept = try await work.find(medication)?.node["code"]
            }
            let time = dispense.node["whenHandedOver"] ?? dispense.node["whenPrepared"]
            sources.append(
                ChargeSource(
                    dispense, concepts: [concept].compactMap(\.self), time: time?.string,
                    quantity: dispense.node["quantity"]))
        }
        return sources
    }

    /// The codings in the order in which they are looked up.
    var codings: [(system: String, code: String, node: JSONNode)] {
        concepts.flatMap { concept in concept["coding"]?.items ?? [concept] }.compactMap { coding in
            coding["code"]?.string.map { (coding["system"]?.string ?? "", $0, coding) }
        }
    }
}
