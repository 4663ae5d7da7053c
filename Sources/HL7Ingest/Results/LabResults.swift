import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Turns a mapped result message into the one job that stores it.
///
/// The job rests on what was read before it: who the patients are, and which results are stored. Its guards fail it
/// when that has changed, and the message is then looked at afresh.
struct LabResults: Sendable {
    let store: FHIRStore
    let finder: ResourceFinder
    private let guards: ResultGuards
    private let identities: IdentityTable
    private let followUp: ResultFollowUp
    private let links: ResultLinks

    init(store: FHIRStore, finder: ResourceFinder) {
        self.store = store
        self.finder = finder
        guards = ResultGuards(store: store)
        identities = IdentityTable(store: store)
        followUp = ResultFollowUp(store: store, finder: finder)
        links = ResultLinks(store: store, finder: finder)
    }

    struct Plan {
        var job = StoreJob()
        var warnings: [Acknowledgement.Issue] = []
        var resources: [String] = []
        var superseded: [String] = []
        /// Why a person has to look at it; nil if all is well.
        var review: String?
        /// Messages of one patient go through one lane.
        var affinity = 0
        /// What earlier patients of the message brought, where it has several.
        fileprivate var shared: Set<String>?
    }

    enum Outcome {
        case apply(Plan)
        /// Nothing is filed, because who a patient is cannot be told.
        case hold(String)
    }

    /// - Parameters:
    ///   - mappings: one for each patient of the message; all of them are filed, or none.
    ///   - isRetry: an earlier job failed because something was there already: then nothing is taken to be new.
    func plan(_ mappings: [ORUMapping], isRetry: Bool) async throws -> Outcome {
        var plan = Plan()
        if mappings.count > 1 { plan.shared = [] }
        for mapping in mappings {
            if let reason = try await add(mapping, isRetry: isRetry, to: &plan) { return .hold(reason) }
        }
        return .apply(plan)
    }

    /// Adds the results of one patient; or says why they cannot be filed.
    private func add(_ mapping: ORUMapping, isRetry: Bool, to plan: inout Plan) async throws -> String? {
        if let hold = mapping.hold { return hold }
        let identifiers = mapping.patientIdentifiers
        let patients = try await matches("Patient", identifiers)
        if patients.count > 1 { return "the identifiers of PID-3 belong to several patients" }
        let patient = patients.first
        let patientID = patient?.stamp.id
        guard var orders = try await orders(mapping.orders, of: patientID ?? mapping.newPatientID) else {
            return "the order number belongs to another patient"
        }
        let message = mapping.resources(patientID: patientID, orderIDs: orders.versions.mapValues(\.stamp.id))
        if let patient, PatientIdentity.conflicts(patient, message) {
            return "name, birth date and gender differ from those of the patient with this identifier"
        }
        let numbers = message.reports.flatMap { [$0.filler?.value, $0.placer?.value].compactMap(\.self) }
        let (stamps, isAwaited) = try await guards.stamps(
            of: message.resources.compactMap { $0.stamp == nil ? nil : $0.address }, waitingFor: numbers)
        if !orders.versions.isEmpty { try await followUp.loadReports(of: &orders) }
        plan.warnings += message.warnings.map(\.acknowledgementIssue)
        plan.review = plan.review ?? message.review
        if plan.affinity == 0 { plan.affinity = identifiers.first?.hashValue ?? 0 }
        var resources = message.resources
        if !message.pendingLinks.isEmpty { try await links.link(message.pendingLinks, &resources, in: &plan) }
        if isAwaited {
            let subject = "Patient/" + (patientID ?? mapping.newPatientID)
            try await links.resolve(message.reports, subject: subject, &resources, in: &plan)
        }
        for report in message.reports where stamps[report.address] == nil {
            guard let old = followUp.replaced(by: report, orders),
                let index = resources.firstIndex(where: { $0.address == report.address })
            else { continue }
            resources[index].replaces(old)
            plan.review = "a report came again under another number"
        }
        // Only what is stored may have to be joined with what comes; a first delivery reads nothing here.
        let known = isRetry ? resources.filter { $0.stamp != nil }.map(\.address) : Array(stamps.keys)
        let stored = known.isEmpty ? nil : try await StoredContents(of: known, in: store)
        var writer = ResultWriter(store: store, mapping: mapping, stored: stored, stamps: stamps, isRetry: isRetry)
        for resource in resources {
            // Results say who the patient is; they do not change what registration knows of them.
            if resource.type == "Patient", patient != nil { continue }
            if plan.shared?.insert(resource.address).inserted == false { continue }
            try writer.write(resource, in: &plan)
        }
        if patient == nil, let new = resources.first(where: { $0.type == "Patient" }) {
            plan.job.statements.append(identities.statement("Patient", identifiers, target: new.address))
        }
        if !writer.changes.isEmpty { plan.job.statements.append(guards.statement(writer.changes)) }
        try writer.tell(message.reports, patientID: patientID, orders: orders, in: &plan)
        if !orders.versions.isEmpty {
            let written = writer.written
            try await followUp.complete(message.reports, orders, isWritten: written.contains, in: &plan)
        }
        return nil
    }

    // MARK: - Looking up

    /// Resources that have one of the identifiers: as their own content says, or as an earlier message claimed.
    private func matches(_ typeName: String, _ identifiers: [FHIRIdentifier]) async throws -> [StoredVersion] {
        guard !identifiers.isEmpty, let type = store.definitions.resourceType(named: typeName) else { return [] }
        var found = try await finder.find(type, identifiers)
        for target in try await identities.targets(typeName, identifiers) {
            let id = String(target.dropFirst(typeName.count + 1))
            guard !found.contains(where: { $0.stamp.id == id }) else { continue }
            // Deleted in the meantime: the claim is void, but the id comes back to life with the next message.
            if let version = try? await store.read(type, id: id) { found.append(version) }
        }
        return found
    }

    /// Looks the orders up by placer number, then by filler number; nil if one belongs to another patient.
    ///
    /// Of several orders under one number the one with the code of the report is meant; where none has it, it is a
    /// reflex test or a part of a panel, and the first stands for all.
    private func orders(_ queries: [OrderQuery], of patientID: String) async throws -> ResultFollowUp.Orders? {
        var known = ResultFollowUp.Orders()
        guard let type = store.definitions.resourceType(named: "ServiceRequest") else { return known }
        for query in queries where known.versions[query.newID] == nil {
            for identifier in [query.placer, query.filler].compactMap(\.self) {
                let found = try await finder.find(type, [("identifier", identifier.searchText)], limit: 50)
                guard !found.isEmpty else { continue }
                let mine = found.filter { version in
                    let subject = version.node?["subject"]?["reference"]?.string
                    return subject == nil || subject == "Patient/\(patientID)"
                }
                guard let first = mine.first else { return nil }
                known.versions[query.newID] = mine.first { Self.hasCode(query.code, $0) } ?? first
                break
            }
        }
        return known
    }

    private static func hasCode(_ code: String, _ order: StoredVersion) -> Bool {
        (order.node?["code"]?["coding"]?.items ?? []).contains { $0["code"]?.string == code }
    }
}

extension MappedResource {
    /// `Type/id`.
    var address: String { "\(type)/\(id)" }
}
