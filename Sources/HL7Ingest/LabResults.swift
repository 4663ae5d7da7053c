package import FHIRDefinitions
import FHIRFormats
package import FHIRStore
package import HL7Mapping
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
        /// Messages of one patient go through one lane.
        var affinity = 0
    }

    enum Outcome {
        case apply(Plan)
        /// Nothing is filed, because who the patient is cannot be told.
        case hold(String)
    }

    /// - Parameter isRetry: an earlier job failed because something was there already: then nothing is taken to be new.
    func plan(_ mapping: ORUMapping, isRetry: Bool) async throws -> Outcome {
        let identifiers = mapping.patientIdentifiers
        let patients = try await matches("Patient", identifiers)
        if patients.count > 1 { return .hold("the identifiers of PID-3 belong to several patients") }
        let patient = patients.first
        if let patient, PatientIdentity.conflicts(patient, mapping) {
            return .hold("name, birth date and gender differ from those of the patient with this identifier")
        }
        let message = mapping.resources(patientID: patient?.stamp.id)
        var plan = Plan()
        plan.warnings = message.warnings.map(\.acknowledgementIssue)
        plan.affinity = identifiers.first?.hashValue ?? 0
        let orders = try await orders(message.resources)
        let stamps = try await guards.stamps(of: message.resources.compactMap { $0.stamp == nil ? nil : $0.address })
        var changes: [ResultGuards.Change] = []
        for resource in message.resources {
            if resource.type == "Patient", patient != nil { continue }
            if case .order = resource.matching, orders.replacements[resource.address] != nil { continue }
            if let stamp = resource.stamp {
                let stored = stamps[resource.address]
                switch ResultDecision(stored: stored, incoming: stamp) {
                case .superseded:
                    plan.superseded.append(resource.address)
                    continue
                case .review:
                    plan.review = "a preliminary result came after a final one"
                    plan.superseded.append(resource.address)
                    continue
                case .apply:
                    changes.append(ResultGuards.Change(id: resource.address, old: stored, new: stamp))
                }
            }
            let isKnown = isRetry || stamps[resource.address] != nil
            plan.job.commands.append(try await command(resource, orders: orders, isKnown: isKnown))
            plan.resources.append(resource.address)
        }
        if patient == nil, let new = message.resources.first(where: { $0.type == "Patient" }) {
            plan.job.statements.append(identities.statement("Patient", identifiers, target: new.address))
        }
        if !changes.isEmpty { plan.job.statements.append(guards.statement(changes)) }
        return .apply(plan)
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

    /// Orders that are here already, by the address that the mapping gave them.
    private struct KnownOrders {
        var replacements: [String: String] = [:]
    }

    private func orders(_ resources: [MappedResource]) async throws -> KnownOrders {
        var known = KnownOrders()
        guard let type = store.definitions.resourceType(named: "ServiceRequest") else { return known }
        for resource in resources {
            guard case .order(let placer, let filler) = resource.matching else { continue }
            for identifier in [placer, filler].compactMap(\.self) {
                let found = try await finder.find(type, [identifier])
                guard found.count == 1 else { continue }
                known.replacements[resource.address] = "ServiceRequest/\(found[0].stamp.id)"
                break
            }
        }
        return known
    }

    // MARK: - Writing

    private func command(_ resource: MappedResource, orders: KnownOrders, isKnown: Bool) async throws -> WriteCommand {
        guard let type = store.definitions.resourceType(named: resource.type) else {
            throw StoreError(.fault, "the mapping made a resource of unknown type")
        }
        var json = resource.json
        if !orders.replacements.isEmpty {
            json = try ReferenceReplacement.apply(orders.replacements, to: json)
        }
        if isKnown, resource.type == "DiagnosticReport",
            let stored = try? await store.read(type, id: resource.id), let content = stored.content
        {
            json = try ReportMerge.merge(json, into: content)
        }
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        switch resource.matching {
        case .update:
            // A result without a stored stamp is new, so the plain insert does; if it is not, the key refuses it.
            return isKnown ? store.updateCommand(input, id: resource.id) : store.createCommand(input, id: resource.id)
        case .createIfAbsent, .order, .patient:
            return store.updateCommand(input, id: resource.id, WritePrecondition(mustBeNew: true))
        }
    }
}

extension MappedResource {
    /// `Type/id`.
    var address: String { "\(type)/\(id)" }
}
