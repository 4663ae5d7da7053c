import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Turns a mapped result message into the one job that stores it.
///
/// The job rests on what was read before it: who the patient is, and which results are stored. Its guards fail it
/// when that has changed, and the message is then looked at afresh.
struct LabResults: Sendable {
    let store: FHIRStore
    let finder: ResourceFinder
    private let guards: ResultGuards
    private let identities: IdentityTable

    init(store: FHIRStore, finder: ResourceFinder) {
        self.store = store
        self.finder = finder
        guards = ResultGuards(store: store)
        identities = IdentityTable(store: store)
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

        var state: MessageState {
            if review != nil { return .quarantined }
            return superseded.isEmpty || hasResult ? .applied : .superseded
        }
    }

    /// Why who the patient is cannot be told.
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

    /// - Parameter isRetry: an earlier job failed because something was there already: then nothing is taken to be new.
    func plan(_ mapping: ORUMapping, _ settings: SourceSettings, isRetry: Bool) async throws -> Outcome {
        let identifiers = mapping.patientIdentifiers
        let place = HL7Location(segment: "PID", sequence: 1, field: 3)
        let (patients, wasMerged) = try await survivors(of: matches("Patient", identifiers))
        if patients.count > 1 {
            return .hold(Doubt(message: "the identifiers of PID-3 belong to several patients", location: place))
        }
        if wasMerged, settings.holdPolicy == .strict {
            return .hold(Doubt(message: "a merged patient", location: place, isRefused: true))
        }
        let patient = patients.first
        if patient == nil, settings.unknownPatient != .create {
            let isRefused = settings.unknownPatient == .mustExist
            return .hold(Doubt(message: "the patient is not known", location: place, isRefused: isRefused))
        }
        let orders = try await orders(mapping.orders)
        if orders.isOfOtherPatient(than: patient?.stamp.id ?? mapping.newPatientID) {
            return .hold(Doubt(message: "the order number belongs to another patient"))
        }
        let message = mapping.resources(patientID: patient?.stamp.id, orderIDs: orders.ids)
        if let patient, PatientIdentity.conflicts(patient, message) {
            return .hold(
                Doubt(
                    message: "name, birth date and gender differ from those of the patient with this identifier",
                    location: place))
        }
        let stamps = try await guards.stamps(of: message.resources.compactMap { $0.stamp == nil ? nil : $0.address })
        var plan = Plan()
        plan.warnings = message.warnings.map(\.acknowledgementIssue)
        if wasMerged {
            plan.warnings.insert(
                Acknowledgement.Issue(
                    .unknownKey, .warning, at: place, userMessage: "a merged patient; filed with the survivor"), at: 0)
        }
        plan.affinity = identifiers.first?.hashValue ?? 0
        var changes: [ResultGuards.Change] = []
        for resource in message.resources {
            // Results say who the patient is; they do not change what registration knows of them.
            if resource.type == "Patient", patient != nil { continue }
            let stored = stamps[resource.address]
            if let stamp = resource.stamp {
                guard
                    accept(
                        resource, ResultDecision(stored: stored, incoming: stamp), isStored: stored != nil, in: &plan)
                else { continue }
                changes.append(ResultGuards.Change(id: resource.address, old: stored, new: stamp))
                if resource.type == "Observation" || resource.type == "DiagnosticReport" { plan.hasResult = true }
            }
            plan.job.commands.append(try await command(resource, isKnown: isRetry || stored != nil))
            plan.resources.append(resource.address)
        }
        if patient == nil, let new = message.resources.first(where: { $0.type == "Patient" }) {
            plan.job.statements.append(identities.statement("Patient", identifiers, target: new.address))
        }
        if !changes.isEmpty { plan.job.statements.append(guards.statement(changes)) }
        return .apply(plan)
    }

    /// Whether the result is written; notes in the plan why it is not.
    private func accept(
        _ resource: MappedResource, _ decision: ResultDecision, isStored: Bool, in plan: inout Plan
    ) -> Bool {
        switch decision {
        case .apply where resource.storedValue == .required && !isStored:
            plan.review = "a change of status came for a result that is not stored"
        case .apply:
            return true
        case .superseded:
            break
        case .review:
            plan.review = "a preliminary result came after a final one"
        }
        plan.superseded.append(resource.address)
        return false
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

    /// Orders that are here already.
    private struct KnownOrders {
        /// Ids by the id that the mapping would give a new order.
        var ids: [String: String] = [:]
        var subjects: Set<String> = []

        func isOfOtherPatient(than id: String) -> Bool { !subjects.subtracting(["Patient/\(id)"]).isEmpty }
    }

    /// Looks the orders up by placer number, then by filler number.
    private func orders(_ queries: [OrderQuery]) async throws -> KnownOrders {
        var known = KnownOrders()
        guard let type = store.definitions.resourceType(named: "ServiceRequest") else { return known }
        for query in queries where known.ids[query.newID] == nil {
            for identifier in [query.placer, query.filler].compactMap(\.self) {
                guard let found = try await finder.find(type, [identifier]).first else { continue }
                known.ids[query.newID] = found.stamp.id
                if let content = found.content, let document = try? Document.parse(content),
                    let subject = JSONNode(document)["subject"]?["reference"]?.string
                {
                    known.subjects.insert(subject)
                }
                break
            }
        }
        return known
    }

    // MARK: - Writing

    private func command(_ resource: MappedResource, isKnown: Bool) async throws -> WriteCommand {
        guard let type = store.definitions.resourceType(named: resource.type) else {
            throw StoreError(.fault, "the mapping made a resource of unknown type")
        }
        var json = resource.json
        let needsStored = resource.type == "DiagnosticReport" || resource.storedValue != .replace
        if isKnown, needsStored, let content = try? await store.read(type, id: resource.id).content {
            json =
                resource.type == "DiagnosticReport"
                ? try ReportMerge.merge(json, into: content) : try StoredValue.keep(of: content, in: json)
        }
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        try await store.check(input)
        switch resource.matching {
        case .update:
            // A result without a stored stamp is new, so the plain insert does; if it is not, the key refuses it.
            return isKnown ? store.updateCommand(input, id: resource.id) : store.createCommand(input, id: resource.id)
        case .createIfAbsent, .order, .patient:
            return store.updateCommand(input, id: resource.id, WritePrecondition(mustBeNew: true))
        }
    }
}

extension StoredVersion {
    /// Id of the patient that this one was merged into (R4 patient.html#links).
    fileprivate var successor: String? {
        guard let content, let document = try? Document.parse(content),
            let link = JSONNode(document)["link"]?.items.first(where: { $0["type"]?.string == "replaced-by" }),
            let reference = link["other"]?["reference"]?.string, reference.hasPrefix("Patient/")
        else { return nil }
        return String(reference.dropFirst("Patient/".count))
    }
}

extension MappedResource {
    /// `Type/id`.
    var address: String { "\(type)/\(id)" }
}
