import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape
import PostgreSQL

/// Identifiers, accounts and visits that become one. §2.7: A41, A42, A47 and their kin.
extension MergeHandler {
    func patient(
        _ resource: StatedResource, in transaction: StoreTransaction
    ) async throws -> StoredResourceFinder.Match {
        var finder = StoredResourceFinder(store: store, service: stated.service, identities: stated.identities)
        return try await finder.find(resource, in: transaction)
    }

    /// A47: the prior identifier becomes an old one of the patient, and those of PID-3 are its own.
    func changeIdentifiers(
        _ pair: MergeStatement.Pair, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        let before = try await patient(pair.prior, in: transaction)
        let now = try await patient(pair.survivor, in: transaction)
        var target: StoredVersion?
        switch (before, now) {
        case (.several, _), (_, .several): return .hold("the identifiers belong to several patients")
        case (.one(let old), .one(let new)):
            guard old.stamp.id == new.stamp.id else {
                return .hold("the new identifier belongs to another patient")
            }
            target = old
        case (.one(let version), .none), (.none, .one(let version)): target = version
        case (.none, .none): break
        }
        let json: [UInt8]?
        if let target {
            json = pair.survivor.changingIdentifiers(target.node, to: pair.prior)
        } else {
            json = pair.survivor.changingIdentifiers(nil, to: pair.prior)
        }
        guard let json else { return MessageEffect() }
        let type = try type("Patient")
        let id = target?.stamp.id ?? pair.survivor.id
        let input = ResourceInput(type: type, document: try Document.parse(json, limits: .fhir))
        try await store.check(input)
        _ = try await transaction.apply([store.updateCommand(input, id: id)])
        let claims = stated.identities.claims([(pair.survivor, "Patient/\(id)"), (pair.prior, "Patient/\(id)")])
        _ = try await transaction.session.queries(claims)
        return MessageEffect(resources: ["Patient/\(id)"])
    }

    /// A41: what is on the prior account goes to the survivor's.
    func mergeAccounts(
        _ pair: MergeStatement.Pair, _ profile: SourceProfile, _ cause: String, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        guard let prior = pair.priorAccount else {
            throw Self.refusal(.requiredFieldMissing, pair, "no prior account")
        }
        guard let account = pair.account else { throw Self.refusal(.requiredFieldMissing, pair, "no account") }
        if prior.identifiers == account.identifiers {
            return MessageEffect(issues: [Self.warning(.duplicateKey, pair, "both are the same account")])
        }
        let message = StatedMessage(
            patient: pair.survivor.address, resources: [pair.survivor, account, prior], mentioned: [], warnings: [])
        var effect = try await stated.apply(message, profile: profile, in: transaction)
        guard effect.hold == nil, let from = effect.addresses[prior.address],
            let to = effect.addresses[account.address]
        else { return effect }
        effect.resources += try await join("Account", from: from, to: to, status: "inactive", cause, in: transaction)
        return effect
    }

    /// A42: the prior visit goes into the other one.
    func mergeVisits(
        _ pair: MergeStatement.Pair, _ cause: String, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        guard let number = pair.visit, let prior = pair.priorVisit else {
            throw Self.refusal(.requiredFieldMissing, pair, "no visit number")
        }
        if number == prior {
            return MessageEffect(issues: [Self.warning(.duplicateKey, pair, "both are the same visit")])
        }
        guard let from = try await visit(prior, in: transaction), let to = try await visit(number, in: transaction)
        else { throw Self.refusal(.unknownKey, pair, "a visit that is not known") }
        return MessageEffect(
            resources: try await join(
                "Encounter", from: "Encounter/\(from.stamp.id)", to: "Encounter/\(to.stamp.id)",
                status: "entered-in-error", cause, in: transaction))
    }

    private func join(
        _ typeName: String, from: String, to: String, status: String, _ cause: String,
        in transaction: StoreTransaction
    ) async throws -> [String] {
        let type = try type(typeName)
        let (prior, survivor) = (
            String(from.dropFirst(typeName.count + 1)), String(to.dropFirst(typeName.count + 1))
        )
        guard prior != survivor, let version = try await transaction.lock(type, id: prior), let node = version.node,
            node["status"]?.string != status
        else { return [] }
        let record = RecordMerge(transaction, type: type)
        let entry = try await record.open(prior: prior, survivor: survivor, cause: cause)
        let moved = try await record.moveReferences(from: prior, to: survivor, entry: entry, excluding: [from, to])
        try await record.replace(version, with: node.settingStatus(status), paths: ["status"], entry: entry)
        return [from] + moved
    }

    /// The visit with this number, locked; nil if there is none.
    func visit(_ number: FHIRIdentifier, in transaction: StoreTransaction) async throws -> StoredVersion? {
        let type = try type("Encounter")
        let criteria = try ConditionalCriteria(
            type: type, pairs: [("identifier", number.searchText)], indexer: stated.service.indexer)
        let found = try await stated.service.versions(
            criteria, limit: 2, in: transaction.session, now: store.clock().microsecondsSince1970)
        guard found.count == 1 else { return nil }
        return try await transaction.lock(type, id: found[0].stamp.id)
    }
}

extension JSONNode {
    /// The same resource with another status.
    fileprivate func settingStatus(_ status: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in members where key != "status" && key != "_status" {
            writer.key(named: key)
            writer.copy(value)
        }
        writer.member("status", status)
        writer.endObject()
        return writer.bytes
    }
}
