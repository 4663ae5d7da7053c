import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `POST /Encounter/[id]/$capture-charges`: makes a ChargeItem of everything in the visit that has a price.
///
/// What was charged before is left out, so that it can be called again and again. Charges that were planned for the
/// visit become billable.
struct CaptureCharges: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "capture-charges", typeName: "Encounter", level: .instance, affectsState: true,
            documentation: "Makes billable charges of the visit, its orders, procedures and drugs by the price list.",
            roles: Set(ClinicRole.allCases).subtracting([.patient, .proxy]), events: ["charge.created"],
            parameters: [
                .init(.input, "dryRun", 0, 1, "boolean", "Only tells what would be charged."),
                .init(.output, "return", 1, 1, "Bundle", "The charges that are new or became billable."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let encounter = try work.instance
        guard encounter.node["subject"]?["reference"]?.string != nil else {
            throw StoreError(
                .businessRule, "charges are of a patient, and the visit names none", expression: "Encounter.subject",
                details: "patient-missing")
        }
        let (sources, existing) = try await ChargeSource.all(of: encounter, work)
        let drafts = try await drafts(sources, charged: ChargedServices(existing), encounter, work)
        let planned = existing.filter { $0.status == "planned" }
        if work.parameters.bool("dryRun") {
            let entries = drafts.map { (fullURL: String?.none, json: $0) } + planned.map { (nil, billable($0).bytes) }
            return ClinicAnswer(bundle: "collection", entries: entries)
        }
        var changes = ChangeSet(work)
        for draft in drafts { changes.record("charge.created", changes.create(json: draft, type: "ChargeItem")) }
        for (_, charge) in try await work.lock(all: planned.map(\.reference)).sorted(by: { $0.key < $1.key })
        where charge.status == "planned" {
            changes.update(charge, billable(charge))
            changes.record("charge.created", charge.reference)
        }
        let saved = try await changes.apply()
        return ClinicAnswer(bundle: "collection", saved, base: work.call.base)
    }

    private func billable(_ charge: StoredResource) -> ResourceEdit {
        var edit = charge.edit
        edit.set("status", "billable")
        return edit
    }

    /// The ChargeItems of what has a price and was not charged.
    private func drafts(
        _ sources: [ChargeSource], charged: ChargedServices, _ encounter: StoredResource, _ work: ClinicWork
    ) async throws -> [[UInt8]] {
        let codings = sources.map(\.codings)
        let wanted = zip(sources, codings).enumerated().flatMap { key, pair in
            pair.1.map { coding in
                PriceList.Wanted(
                    key: key, system: coding.system, code: coding.code,
                    at: pair.0.time.flatMap { Instant(startOf: $0) } ?? work.now)
            }
        }
        let prices = try await PriceList(work.transaction).prices(wanted)
        return sources.enumerated().compactMap { key, source in
            guard let (position, price) = prices[key] else { return nil }
            let code = wanted[position]
            let coding = codings[key].first { $0.system == code.system && $0.code == code.code }
            if charged.contains(source, system: code.system, code: code.code) { return nil }
            return coding.map { draft(source, $0.node, price, encounter, now: work.now) }
        }
    }

    private func draft(
        _ source: ChargeSource, _ coding: JSONNode, _ price: ListPrice, _ encounter: StoredResource, now: Instant
    ) -> [UInt8] {
        var charge = ResourceEdit(nil)
        charge.set("resourceType", "ChargeItem")
        if let canonical = price.canonical {
            charge.append("definitionCanonical", json: ResourceEdit.json { $0.string(canonical) })
        }
        charge.set("status", "billable")
        var code = ResourceEdit(nil)
        code.set("coding", items: [coding.source])
        charge.set("code", json: code.bytes)
        if let subject = encounter.node["subject"] { charge.set("subject", json: subject.source) }
        charge.set("context", json: encounter.reference.json)
        charge.set("occurrenceDateTime", source.time ?? now.text)
        charge.set("quantity", json: source.quantity ?? Array(#"{"value":1}"#.utf8))
        charge.set("enteredDate", now.text)
        // R4 takes neither visits nor orders for services.
        let isService = !["Encounter", "ServiceRequest"].contains(source.service.typeName)
        charge.append(isService ? "service" : "supportingInformation", json: source.service.json)
        if let account = encounter.node["account"]?.items.first { charge.append("account", json: account.source) }
        return charge.bytes
    }
}

/// What a visit's charges are for.
private struct ChargedServices {
    private var services: Set<String> = []

    /// Charges that were aborted or in error are as if they had not been.
    init(_ charges: [StoredResource]) {
        for charge in charges where !["aborted", "entered-in-error"].contains(charge.status) {
            let references = (charge.node["service"]?.items ?? []) + (charge.node["supportingInformation"]?.items ?? [])
            for service in references.compactMap({ LocalReference($0) }) {
                services.insert(service.text)
                for coding in charge.node["code"]?["coding"]?.items ?? [] {
                    services.insert(Self.key(service, coding["system"]?.string ?? "", coding["code"]?.string ?? ""))
                }
            }
        }
    }

    func contains(_ source: ChargeSource, system: String, code: String) -> Bool {
        services.contains(source.isChargedByCode ? Self.key(source.service, system, code) : source.service.text)
    }

    private static func key(_ service: LocalReference, _ system: String, _ code: String) -> String {
        "\(service.text) \(system)|\(code)"
    }
}
