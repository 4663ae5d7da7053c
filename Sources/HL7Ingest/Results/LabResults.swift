import FHIRDefinitions
import FHIRFormats
import FHIRSearch
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
        /// Whether a result was written, and not only what results mention.
        var hasResult = false
        /// Messages of one patient go through one lane.
        var affinity = 0
        /// What earlier patients of the message brought, where it has several.
        fileprivate var shared: Set<String>?

        var state: MessageState {
            if review != nil { return .quarantined }
            return superseded.isEmpty || hasResult ? .applied : .superseded
        }
    }

    /// Why who a patient is cannot be told.
    struct Doubt {
        var message: String
        var location: HL7Location?
        /// The sender is told by `AE`, whatever else is agreed with it.
        var isRefused = false
    }

    enum Outcome {
        case apply(Plan)
        /// Nothing is filed.
        case hold(Doubt)
    }

    /// Who the patient is, and which orders the results answer, as far as that is stored.
    struct Found: Sendable {
        /// Merged ones too.
        fileprivate var patients: [StoredVersion]
        /// By `OrderQuery.newID`.
        fileprivate var orders: [String: [StoredVersion]]
    }

    /// Looks up the patient and the orders.
    func find(_ mapping: ORUMapping) async throws -> Found {
        // Nobody's answer waits for another's.
        async let orders = orders(mapping.orders)
        let patients = try await matches("Patient", mapping.patientIdentifiers)
        return Found(patients: patients, orders: try await orders)
    }

    /// - Parameters:
    ///   - mappings: one for each patient of the message; all of them are filed, or none.
    ///   - found: of the only patient, if that was looked up already.
    ///   - isRetry: an earlier job failed because something was there already: then nothing is taken to be new.
    func plan(_ mappings: [ORUMapping], found: Found? = nil, isRetry: Bool) async throws -> Outcome {
        var plan = Plan()
        if mappings.count > 1 { plan.shared = [] }
        for mapping in mappings {
            if let doubt = try await add(mapping, found, isRetry: isRetry, to: &plan) { return .hold(doubt) }
        }
        return .apply(plan)
    }

    /// Adds the results of one patient; or says why they cannot be filed.
    private func add(
        _ mapping: ORUMapping, _ found: Found?, isRetry: Bool, to plan: inout Plan
    ) async throws -> Doubt? {
        if let hold = mapping.hold { return Doubt(message: hold) }
        let place = HL7Location(segment: "PID", sequence: 1, field: 3)
        let identifiers = mapping.patientIdentifiers
        let found = if let found { found } else { try await find(mapping) }
        let (patients, wasMerged) = try await survivors(of: found.patients)
        if patients.count > 1 {
            return Doubt(message: "the identifiers of PID-3 belong to several patients", location: place)
        }
        let patient = patients.first
        if let doubt = Self.doubt(patient, wasMerged: wasMerged, mapping.profile, place) { return doubt }
        let patientID = patient?.stamp.id
        guard var orders = Self.orders(mapping.orders, found.orders, of: patientID ?? mapping.newPatientID) else {
            return Doubt(message: "the order number belongs to another patient")
        }
        let message = mapping.resources(patientID: patientID, orderIDs: orders.versions.mapValues(\.stamp.id))
        if let patient, PatientIdentity.conflicts(patient, message) {
            return Doubt(
                message: "name, birth date and gender differ from those of the patient with this identifier",
                location: place)
        }
        let numbers = message.reports.flatMap { [$0.filler?.value, $0.placer?.value].compactMap(\.self) }
        // Results say who the patient is; they do not change what registration knows of them.
        var resources = message.resources.filter { $0.type != "Patient" || patient == nil }
        let known = try await guards.known(
            resources.compactMap { $0.stamp == nil ? nil : $0.address },
            mentioned: resources.compactMap { $0.isMention ? store.localReference($0) : nil }, waitingFor: numbers)
        let stamps = known.stamps
        if !orders.versions.isEmpty { try await followUp.loadReports(of: &orders) }
        if wasMerged {
            plan.warnings.append(
                Acknowledgement.Issue(
                    .unknownKey, .warning, at: place, userMessage: "a merged patient; filed with the survivor"))
        }
        plan.warnings += message.warnings.map(\.acknowledgementIssue)
        plan.review = plan.review ?? message.review
        if plan.affinity == 0 { plan.affinity = identifiers.first?.hashValue ?? 0 }
        if !message.pendingLinks.isEmpty { try await links.link(message.pendingLinks, &resources, in: &plan) }
        if known.isAwaited {
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
        let old = isRetry ? resources.filter { $0.stamp != nil }.map(\.address) : Array(stamps.keys)
        let stored = old.isEmpty ? nil : try await StoredContents(of: old, in: store)
        var writer = ResultWriter(store: store, mapping: mapping, stored: stored, known: known, isRetry: isRetry)
        for resource in resources {
            if plan.shared?.insert(resource.address).inserted == false { continue }
            try await writer.write(resource, in: &plan)
        }
        if patient == nil, let new = resources.first(where: { $0.type == "Patient" }) {
            plan.job.statements.append(identities.statement("Patient", identifiers, target: new.address))
        }
        if !writer.changes.isEmpty { plan.job.statements.append(guards.statement(writer.changes)) }
        if let patientID { plan.job.statements.append(MergeGuard.statement("Patient", id: patientID)) }
        try await writer.tell(message.reports, patientID: patientID, orders: orders, in: &plan)
        if !orders.versions.isEmpty {
            let written = writer.written
            try await followUp.complete(message.reports, orders, isWritten: written.contains, in: &plan)
        }
        return nil
    }

    /// What the source's settings say against filing results of this patient (§1.7).
    private static func doubt(
        _ patient: StoredVersion?, wasMerged: Bool, _ profile: SourceProfile, _ place: HL7Location
    ) -> Doubt? {
        if wasMerged, profile.refusesMergedPatients {
            return Doubt(message: "a merged patient; not accepted", location: place, isRefused: true)
        }
        guard patient == nil, profile.unknownPatients != .create else { return nil }
        return Doubt(
            message: "the patient is not known", location: place, isRefused: profile.unknownPatients == .reject)
    }

    // MARK: - Looking up

    /// The patients that merged ones were merged into (F-34), and whether there were such.
    private func survivors(of patients: [StoredVersion]) async throws -> ([StoredVersion], wasMerged: Bool) {
        var survivors: [StoredVersion] = []
        var wasMerged = false
        for patient in patients {
            var current = patient
            // Chains are collapsed by the merge, yet a few steps do no harm.
            for _ in 0..<8 {
                guard let next = current.successor else { break }
                guard let version = try? await store.read(current.type, id: next), version.content != nil else { break }
                current = version
                wasMerged = true
            }
            if !survivors.contains(where: { $0.stamp.id == current.stamp.id }) { survivors.append(current) }
        }
        return (survivors, wasMerged)
    }

    /// Resources that have one of the identifiers: as their own content says, or as an earlier message claimed.
    private func matches(_ typeName: String, _ identifiers: [FHIRIdentifier]) async throws -> [StoredVersion] {
        guard !identifiers.isEmpty, let type = store.definitions.resourceType(named: typeName) else { return [] }
        async let claims = identities.targets(typeName, identifiers)
        var found = try await finder.find(type, identifiers)
        for target in try await claims {
            let id = String(target.dropFirst(typeName.count + 1))
            guard !found.contains(where: { $0.stamp.id == id }) else { continue }
            // Deleted in the meantime: the claim is void, but the id comes back to life with the next message.
            if let version = try? await store.read(type, id: id) { found.append(version) }
        }
        return found
    }

    /// The orders that have one of the numbers of each query, by `OrderQuery.newID`; those with the placer number if
    /// there are any, then those that were printed with it, else those with the filler number.
    private func orders(_ queries: [OrderQuery]) async throws -> [String: [StoredVersion]] {
        guard let type = store.definitions.resourceType(named: "ServiceRequest") else { return [:] }
        var found: [String: [StoredVersion]] = [:]
        for query in queries where found[query.newID] == nil {
            let parameters = [query.placer, query.printed, query.filler].compactMap { $0?.orderParameter }
            let numbers = parameters.filter { $0.0 == "identifier" }.map(\.1)
            // For both at once, because there is none for most results.
            if numbers.count == parameters.count {
                let either = try await finder.find(type, [("identifier", numbers.joined(separator: ","))], limit: 2)
                if either.count == 1 { found[query.newID] = either }
                guard either.count > 1 else { continue }
            }
            for parameter in parameters where found[query.newID] == nil {
                let own = try await finder.find(type, [parameter], limit: 50)
                if !own.isEmpty { found[query.newID] = own }
            }
        }
        return found
    }

    /// The orders that the queries mean; nil if one belongs to another patient.
    ///
    /// Of several orders under one number the one with the code of the report is meant; where none has it, it is a
    /// reflex test or a part of a panel, and the first stands for all.
    private static func orders(
        _ queries: [OrderQuery], _ found: [String: [StoredVersion]], of patientID: String
    ) -> ResultFollowUp.Orders? {
        var known = ResultFollowUp.Orders()
        for query in queries where known.versions[query.newID] == nil {
            guard let found = found[query.newID] else { continue }
            let mine = found.filter { version in
                let subject = version.node?["subject"]?["reference"]?.string
                return subject == nil || subject == "Patient/\(patientID)"
            }
            guard let first = mine.first else { return nil }
            known.versions[query.newID] = mine.first { hasCode(query.code, $0) } ?? first
        }
        return known
    }

    private static func hasCode(_ code: String, _ order: StoredVersion) -> Bool {
        (order.node?["code"]?["coding"]?.items ?? []).contains { $0["code"]?.string == code }
    }
}

extension FHIRStore {
    /// Nil for what this store has no table of.
    fileprivate func localReference(_ resource: MappedResource) -> SearchIndexer.LocalReference? {
        definitions.resourceType(named: resource.type).flatMap { type in
            tables.contains(type) ? SearchIndexer.LocalReference(type: type, id: resource.id) : nil
        }
    }
}

extension MappedResource {
    /// Made only if it is not there, and left alone if it is.
    var isMention: Bool {
        switch matching {
        case .createIfAbsent, .order, .patient: true
        case .update: false
        }
    }

    /// `Type/id`.
    var address: String { "\(type)/\(id)" }
}
