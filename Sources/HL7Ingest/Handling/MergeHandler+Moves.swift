import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// Visits and accounts that go to another patient. §2.7: A45, A44.
extension MergeHandler {
    /// Whom something is moved from and to.
    private enum Parties {
        case apart(prior: String, survivor: String)
        /// They are the same record.
        case same
    }

    /// - Parameter effect: gets what making the new patient came to.
    private func parties(
        _ pair: MergeStatement.Pair, _ profile: SourceProfile, _ effect: inout MessageEffect,
        in transaction: StoreTransaction
    ) async throws -> Parties? {
        effect = try await make(pair.survivor, profile, in: transaction)
        guard effect.hold == nil, let address = effect.addresses[pair.survivor.address] else { return nil }
        guard case .one(let prior) = try await patient(pair.prior, in: transaction) else {
            throw Self.refusal(.unknownKey, pair, "the patient that it is moved from is not known")
        }
        let survivor = String(address.dropFirst("Patient/".count))
        return prior.stamp.id == survivor ? .same : .apart(prior: prior.stamp.id, survivor: survivor)
    }

    /// A45: a visit, and what belongs to it.
    func moveVisits(
        _ pair: MergeStatement.Pair, _ profile: SourceProfile, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        var effect = MessageEffect()
        switch try await parties(pair, profile, &effect, in: transaction) {
        case nil: return effect
        case .same:
            effect.issues.append(Self.warning(.duplicateKey, pair, "the visit is this patient's already"))
            return effect
        case .apart(let prior, let survivor):
            guard let number = pair.priorVisit ?? pair.visit else {
                throw Self.refusal(.requiredFieldMissing, pair, "no visit number")
            }
            guard let visit = try await visit(number, in: transaction) else {
                throw Self.refusal(.unknownKey, pair, "a visit that is not known")
            }
            return try await move(visit, "visit", from: prior, to: survivor, effect, in: transaction)
        }
    }

    /// A44: an account, its visits, and what belongs to them.
    func moveAccount(
        _ pair: MergeStatement.Pair, _ profile: SourceProfile, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        guard let stated = pair.priorAccount ?? pair.account else {
            guard pair.priorVisit != nil || pair.visit != nil else {
                throw Self.refusal(.requiredFieldMissing, pair, "no account number")
            }
            return try await moveVisits(pair, profile, in: transaction)
        }
        var effect = MessageEffect()
        switch try await parties(pair, profile, &effect, in: transaction) {
        case nil: return effect
        case .same:
            effect.issues.append(Self.warning(.duplicateKey, pair, "the account is this patient's already"))
            return effect
        case .apart(let prior, let survivor):
            guard case .one(let account) = try await patient(stated, in: transaction) else {
                throw Self.refusal(.unknownKey, pair, "an account that is not known")
            }
            return try await move(account, "account", from: prior, to: survivor, effect, in: transaction)
        }
    }

    /// Moves a resource and what refers to it as well as to the patient; what refers to a visit of it comes along.
    private func move(
        _ version: StoredVersion, _ what: String, from prior: String, to survivor: String, _ effect: MessageEffect,
        in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        var effect = effect
        let subject = version.node?["subject"]
        let owners = (subject?.isArray == true ? subject?.items ?? [] : [subject].compactMap(\.self))
            .compactMap { $0["reference"]?.string }
        if owners.contains("Patient/\(survivor)") { return effect }
        guard owners.contains("Patient/\(prior)") else { return .hold("the \(what) belongs to a third patient") }
        var wanted: Set<String> = ["\(store.definitions.name(of: version.type))/\(version.stamp.id)"]
        var visits: [String] = []
        for group in try await transaction.referrers(to: version.type, id: version.stamp.id) {
            let name = store.definitions.name(of: group.type)
            for id in group.ids { wanted.insert("\(name)/\(id)") }
            if name == "Encounter" { visits += group.ids }
        }
        let encounter = try type("Encounter")
        for visit in visits {
            for group in try await transaction.referrers(to: encounter, id: visit) {
                let name = store.definitions.name(of: group.type)
                for id in group.ids { wanted.insert("\(name)/\(id)") }
            }
        }
        let record = RecordMerge(transaction, type: try type("Patient"))
        effect.resources += try await record.moveReferences(from: prior, to: survivor, entry: nil) { version in
            wanted.contains("\(store.definitions.name(of: version.type))/\(version.stamp.id)")
        }
        return effect
    }
}
