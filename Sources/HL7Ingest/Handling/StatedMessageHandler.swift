import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Applies what a message states: finds each resource in the store, lays the statement over it, and writes.
///
/// The message's identities are locked first, so parallel messages about the same patient or visit wait for each other
/// and then see what was made.
struct StatedMessageHandler: MessageHandler {
    let store: FHIRStore
    let service: SearchService
    let identities: IdentityTable
    private let guards: ResultGuards

    init(store: FHIRStore, service: SearchService) {
        self.store = store
        self.service = service
        identities = IdentityTable(store: store)
        guards = ResultGuards(store: store)
    }

    func takes(_ header: MessageHeader) -> Bool { MessageMaps.map(for: header) != nil }

    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect {
        guard let map = MessageMaps.map(for: inbound.header) else {
            throw StoreError(.fault, "no map for a message that has one")
        }
        var stated = try map.map(inbound.message, profile: inbound.profile)
        if map.isKeyedByPatient {
            let known = try await knownPatients(of: stated.resources, in: transaction)
            if !known.isEmpty {
                stated = try map.map(inbound.message, profile: inbound.profile, patients: known)
            }
        }
        return try await apply(stated, profile: inbound.profile, in: transaction)
    }

    /// Ids in the store of the message's patients by those in the message, as far as they differ. Locks the patients.
    func knownPatients(
        of resources: [StatedResource], in transaction: StoreTransaction
    ) async throws -> [String: String] {
        let people = resources.filter { $0.type == "Patient" }
        try await identities.lock(people, in: transaction)
        var finder = StoredResourceFinder(store: store, service: service, identities: identities)
        var known: [String: String] = [:]
        for person in people {
            guard case .one(let version) = try await finder.find(person, in: transaction) else { continue }
            if version.stamp.id != person.id { known[person.id] = version.stamp.id }
        }
        return known
    }

    /// A resource that is about to be written.
    struct Draft {
        let type: String
        let id: String
        let json: [UInt8]
        /// The current version; nil if there is none.
        let stored: StoredVersion?
    }

    /// Looks at a draft before it is written: what is written in its place, and what along with it.
    typealias Revision = (Draft) async throws -> [Draft]

    /// Applies a message's statements; the whole of it or, where it has to wait for a person, nothing.
    func apply(
        _ stated: StatedMessage, profile: SourceProfile, in transaction: StoreTransaction, revising: Revision? = nil
    ) async throws -> MessageEffect {
        try await identities.lock(stated.resources, in: transaction)
        var finder = StoredResourceFinder(store: store, service: service, identities: identities)
        var found: [String: StoredVersion] = [:]
        for resource in stated.resources {
            switch try await finder.find(resource, in: transaction) {
            case .none: continue
            case .one(let version): found[resource.address] = version
            case .several:
                return .hold("the identifiers belong to several resources of type \(resource.type)")
            }
        }
        if profile.refusesMergedPatients, !finder.warnings.isEmpty {
            throw MappingError(
                .unknownKey, .contentError, at: finder.warnings[0].location, "a merged patient; not accepted")
        }
        if let doubt = try doubt(stated, found, profile) { return doubt }
        return try await write(stated, found, finder.warnings, in: transaction, revising: revising)
    }

    /// Why the message cannot be filed as it is.
    private func doubt(
        _ stated: StatedMessage, _ found: [String: StoredVersion], _ profile: SourceProfile
    ) throws -> MessageEffect? {
        for resource in stated.resources where found[resource.address] == nil && resource.absence == .reject {
            throw MappingError(
                .unknownKey, .contentError, at: resource.location,
                "the \(resource.type) that the message is about is not known")
        }
        for resource in stated.resources where found[resource.address] == nil && resource.absence == .hold {
            return .hold("the \(resource.type) that the message is about is not known")
        }
        for resource in stated.resources {
            if let reason = resource.objection(to: found[resource.address]?.node) { return .hold(reason) }
        }
        guard let address = stated.patient, let patient = stated.resources.first(where: { $0.address == address }),
            let stored = found[address]
        else { return nil }
        guard let mine = stored.node, let theirs = patient.json(over: nil).flatMap({ try? Document.parse($0) }) else {
            return nil
        }
        return PatientIdentity.conflicts(mine, JSONNode(theirs))
            ? .hold("name, birth date and gender differ from those of the patient with this identifier") : nil
    }

    private func write(
        _ stated: StatedMessage, _ found: [String: StoredVersion], _ warnings: [Acknowledgement.Issue],
        in transaction: StoreTransaction, revising: Revision?
    ) async throws -> MessageEffect {
        var effect = MessageEffect(issues: warnings + stated.warnings.map(\.acknowledgementIssue), reply: stated.reply)
        let references = found.reduce(into: [String: String]()) { references, entry in
            let address = "\(store.definitions.name(of: entry.value.type))/\(entry.value.stamp.id)"
            if address != entry.key { references[entry.key] = address }
        }
        // A reference to what is not here, and is not made, keeps what else it says: an empty element is not written.
        var written = references
        for resource in stated.resources where resource.absence == .skip && found[resource.address]?.node == nil {
            written[resource.address] = ""
        }
        let stamps = try await guards.stamps(
            of: stated.resources.filter { $0.stamp != nil }.map { references[$0.address] ?? $0.address },
            in: transaction.session)
        // A resource that is only mentioned and there already is no failure of the message.
        var commands: [WriteCommand] = []
        for resource in stated.mentioned {
            let command = try await command(resource.type, resource.json, id: resource.id)
            if try await transaction.read(command.type, id: command.id) == nil { commands.append(command) }
        }
        var changes: [ResultGuards.Change] = []
        var claims: [(resource: StatedResource, target: String)] = []
        for resource in stated.resources {
            let address = references[resource.address] ?? resource.address
            let stored = found[resource.address]
            effect.addresses[resource.address] = address
            if stored?.node == nil, resource.absence == .skip { continue }
            guard resource.isDue({ found[$0]?.node }) else { continue }
            let isOlder = Self.isOlder(resource.stamp, than: stamps[address])
            if stored == nil { claims.append((resource, address)) }
            guard
                let json = resource.json(
                    over: stored?.node, storedID: stored?.stamp.id, isOlder: isOlder, references: written)
            else { continue }
            if isOlder { effect.superseded.append(address) }
            if let stamp = resource.stamp, !isOlder {
                changes.append(ResultGuards.Change(id: address, old: stamps[address], new: stamp))
            }
            let draft = Draft(
                type: resource.type, id: stored?.stamp.id ?? resource.id, json: json, stored: stored)
            for draft in try await revising?(draft) ?? [draft] {
                commands.append(try await command(draft.type, draft.json, id: draft.id))
                effect.resources.append("\(draft.type)/\(draft.id)")
            }
        }
        _ = try await transaction.apply(commands)
        var statements = identities.claims(claims)
        if !changes.isEmpty { statements.append(guards.statement(changes)) }
        if !statements.isEmpty { _ = try await transaction.session.queries(statements) }
        return effect
    }

    private static func isOlder(_ stamp: ResultStamp?, than stored: ResultStamp?) -> Bool {
        guard let stamp, let stored else { return false }
        return stamp.seconds < stored.seconds
    }

    private func command(_ typeName: String, _ json: [UInt8], id: String) async throws -> WriteCommand {
        guard let type = store.definitions.resourceType(named: typeName) else {
            throw StoreError(.fault, "the mapping made a resource of unknown type")
        }
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        try await store.check(input)
        return store.updateCommand(input, id: id)
    }
}

extension StoredVersion {
    /// The content, parsed; nil for a deletion.
    var node: JSONNode? { content.flatMap { try? Document.parse($0) }.map { JSONNode($0) } }
}
