import Clinic
import FHIRFormats
import FHIRStore
import JSONTape

/// The eight steps of a visit, from registration to follow-up or discharge.
struct JourneySteps: Sendable {
    enum Name: String, CaseIterable, Sendable {
        case registration
        case checkIn = "check-in"
        case triage
        case consultation
        case tests
        case pharmacy
        case billing
        case followUp = "follow-up"
    }

    enum State: String, Sendable {
        case pending, active, done, skipped
    }

    struct Stage: Sendable {
        var state = State.pending
        var start: String?
        var end: String?
    }

    private var stages: [Name: Stage] = [:]

    subscript(name: Name) -> Stage { stages[name] ?? Stage() }

    init(_ patient: StoredResource, _ visit: StoredResource?, _ work: ClinicWork) async throws {
        stages[.registration] = Stage(state: .done)
        guard let visit else { return }
        readVisit(visit)
        try await readTests(visit, work)
        try await readMedicines(visit, work)
        try await readBilling(patient, visit, work)
        let isOver = visit.status == "finished" || visit.status == "cancelled"
        for name in [Name.tests, .pharmacy, .billing] where isOver && stages[name] == nil {
            stages[name] = Stage(state: .skipped)
        }
        if visit.status == "cancelled" {
            for name in Name.allCases where self[name].state == .pending { stages[name] = Stage(state: .skipped) }
        } else if visit.status == "finished" {
            let open = [Name.tests, .pharmacy, .billing].contains { self[$0].state == .pending }
            let end = visit.node["period"]?["end"]?.string
            stages[.followUp] = open ? Stage() : Stage(state: .done, start: end, end: end)
        }
    }

    /// Marks the first step that is open as the one that the visit is in, and tells it.
    mutating func activate() -> Name? {
        guard let name = Name.allCases.first(where: { self[$0].state == .pending || self[$0].state == .active }) else {
            return nil
        }
        for other in Name.allCases where other != name && self[other].state == .active {
            stages[other]?.state = .pending
        }
        var stage = self[name]
        stage.state = .active
        stages[name] = stage
        return name
    }

    /// Check-in, triage and consultation follow from the encounter's states.
    private mutating func readVisit(_ visit: StoredResource) {
        var history: [(status: String, start: String?, end: String?)] = (visit.node["statusHistory"]?.items ?? []).map {
            ($0["status"]?.string ?? "", $0["period"]?["start"]?.string, $0["period"]?["end"]?.string)
        }
        let period = visit.node["period"]
        history.append((visit.status, history.last?.end ?? period?["start"]?.string, period?["end"]?.string))
        func first(_ status: String) -> (start: String?, end: String?)? {
            history.first { $0.status == status }.map { ($0.start, $0.end) }
        }
        let rank =
            ["planned", "arrived", "triaged", "in-progress", "onleave", "finished"].firstIndex(of: visit.status) ?? 0
        if rank >= 1 {
            let arrived = first("arrived")?.start ?? period?["start"]?.string
            stages[.checkIn] = Stage(state: .done, start: arrived, end: arrived)
        }
        if let triaged = first("triaged") {
            stages[.triage] = Stage(state: .done, start: triaged.start, end: triaged.start)
        } else if rank >= 3 {
            stages[.triage] = Stage(state: .skipped)
        }
        if rank >= 3 {
            let begun = first("in-progress")?.start ?? period?["start"]?.string
            stages[.consultation] = Stage(
                state: rank == 5 ? .done : .active, start: begun, end: rank == 5 ? period?["end"]?.string : nil)
        }
    }

    private mutating func readTests(_ visit: StoredResource, _ work: ClinicWork) async throws {
        let orders = try await work.search("ServiceRequest", [("encounter", visit.reference.text)], limit: 100)
            .filter { !["revoked", "entered-in-error"].contains($0.status) }
        guard !orders.isEmpty else { return }
        let start = orders.compactMap { $0.node["authoredOn"]?.string }.min()
        let isDone = orders.allSatisfy { $0.status == "completed" }
        let end = isDone ? orders.map(\.stamp.updated).max()?.text : nil
        stages[.tests] = Stage(state: isDone ? .done : .pending, start: start, end: end)
    }

    private mutating func readMedicines(_ visit: StoredResource, _ work: ClinicWork) async throws {
        let orders = try await work.search("MedicationRequest", [("encounter", visit.reference.text)], limit: 100)
            .filter { ["active", "on-hold", "completed"].contains($0.status) }
        guard !orders.isEmpty else { return }
        let names = orders.map(\.reference.text).joined(separator: ",")
        let dispenses = try await work.search("MedicationDispense", [("prescription", names), ("status", "completed")])
        let served = Set(
            dispenses.flatMap { dispense in
                (dispense.node["authorizingPrescription"]?.items ?? []).compactMap { LocalReference($0) }
            })
        let isDone = orders.allSatisfy { served.contains($0.reference) || $0.status == "completed" }
        let start = orders.compactMap { $0.node["authoredOn"]?.string }.min()
        let end = isDone ? dispenses.map(\.stamp.updated).max()?.text : nil
        stages[.pharmacy] = Stage(state: isDone ? .done : .pending, start: start, end: end)
    }

    private mutating func readBilling(
        _ patient: StoredResource, _ visit: StoredResource, _ work: ClinicWork
    ) async throws {
        let charges = try await work.search(
            "ChargeItem", [("context", visit.reference.text)], limit: 100
        ).filter { !["not-billable", "aborted", "entered-in-error"].contains($0.status) }
        var pairs = [("subject", patient.reference.text), ("status", "issued,balanced")]
        if let start = visit.node["period"]?["start"]?.string { pairs.append(("date", "ge" + start.prefix(10))) }
        let invoices = try await work.search("Invoice", pairs, limit: 50)
        guard !charges.isEmpty || !invoices.isEmpty else { return }
        let isBilled = charges.allSatisfy { $0.status == "billed" }
        let isPaid = !invoices.isEmpty && invoices.allSatisfy { $0.status == "balanced" }
        let isDone = isBilled && isPaid
        stages[.billing] = Stage(
            state: isDone ? .done : .pending, start: invoices.map(\.stamp.updated).min()?.text,
            end: isDone ? invoices.map(\.stamp.updated).max()?.text : nil)
    }
}
