import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// Applies ADT messages about persons and visits (§2.7): what they state, and what they no longer list.
struct AdmissionHandler: MessageHandler {
    let stated: StatedMessageHandler

    private var store: FHIRStore { stated.store }

    var messageTypes: Set<String> { Set(AdmissionMap.kinds.keys) }

    func takes(_ header: MessageHeader) -> Bool {
        AdmissionMap.kinds[header.messageType]?.contains(header.triggerEvent) ?? false
    }

    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect {
        var statement = try AdmissionMap.statement(inbound.message, profile: inbound.profile)
        let known = try await stated.knownPatients(of: statement.message.resources, in: transaction)
        // What has no number of its own is told apart by its patient: by the one in the store.
        if !known.isEmpty {
            statement = try AdmissionMap.statement(inbound.message, profile: inbound.profile, patients: known)
        }
        if let doubt = try await doubt(statement, known, in: transaction) { return doubt }
        var effect = try await stated.apply(statement.message, profile: inbound.profile, in: transaction)
        guard effect.hold == nil else { return effect }
        for set in statement.sets {
            effect.resources += try await retire(set, effect, inbound.profile, in: transaction)
        }
        return effect
    }

    /// A visit number that is stored for another patient: nothing is filed on either.
    private func doubt(
        _ statement: AdmissionStatement, _ known: [String: String], in transaction: StoreTransaction
    ) async throws -> MessageEffect? {
        var finder = StoredResourceFinder(store: store, service: stated.service, identities: stated.identities)
        for visit in statement.message.resources where visit.type == "Encounter" {
            guard let patient = statement.visits[visit.address],
                case .one(let version) = try await finder.find(visit, in: transaction),
                let subject = version.node?["subject"]?["reference"]?.string
            else { continue }
            let id = String(patient.dropFirst("Patient/".count))
            if subject != "Patient/\(known[id] ?? id)" {
                return .hold("the visit number belongs to another patient")
            }
        }
        return nil
    }

    /// Puts out of use what the sender stated before and does not list any more; an older list says nothing.
    private func retire(
        _ set: AdmissionStatement.WholeSet, _ effect: MessageEffect, _ profile: SourceProfile,
        in transaction: StoreTransaction
    ) async throws -> [String] {
        guard let type = store.definitions.resourceType(named: set.type),
            let patientType = store.definitions.resourceType(named: "Patient"),
            let patient = effect.addresses[set.patient], !effect.superseded.contains(patient)
        else { return [] }
        let kept = Set(set.members.map { effect.addresses[$0] ?? $0 })
        let visit = set.visit.map { effect.addresses[$0] ?? $0 }
        var commands: [WriteCommand] = []
        let id = String(patient.dropFirst("Patient/".count))
        for group in try await transaction.referrers(to: patientType, id: id) where group.type == type {
            for version in try await transaction.lock(type, ids: group.ids) {
                guard !kept.contains("\(set.type)/\(version.stamp.id)"), let node = version.node,
                    let json = set.retire(node, visit: visit, source: profile.sourceURI)
                else { continue }
                let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
                try await store.check(input)
                commands.append(store.updateCommand(input, id: version.stamp.id))
            }
        }
        _ = try await transaction.apply(commands)
        return commands.map { "\(set.type)/\($0.id)" }
    }
}
