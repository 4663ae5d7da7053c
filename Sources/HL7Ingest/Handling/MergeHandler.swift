import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import HL7Syntax
import JSONTape

/// Applies messages that join, move or part records, each in one transaction with its line of the log. §2.7.2.
struct MergeHandler: MessageHandler {
    let stated: StatedMessageHandler

    var store: FHIRStore { stated.store }

    var messageTypes: Set<String> { Set(MergeMap.kinds.keys) }

    func takes(_ header: MessageHeader) -> Bool {
        MergeMap.kinds[header.messageType]?.contains(header.triggerEvent) ?? false
    }

    func handle(_ inbound: InboundMessage, in transaction: StoreTransaction) async throws -> MessageEffect {
        let statement = try MergeMap.statement(inbound.message, profile: inbound.profile)
        let people = statement.pairs.flatMap { [$0.survivor, $0.prior] }
        try await stated.identities.lock(people, in: transaction)
        var effect = MessageEffect(issues: statement.warnings.map(\.acknowledgementIssue))
        let cause = "HL7 \(inbound.header.messageType)^\(inbound.header.triggerEvent)"
        for pair in statement.pairs {
            let result = try await apply(pair, statement.action, inbound.profile, cause, in: transaction)
            if let hold = result.hold {
                // Several pairs are one message: it is filed as a whole or not at all.
                guard effect.resources.isEmpty else { throw Self.refusal(.unknownKey, pair, hold) }
                return .hold(hold)
            }
            effect.issues += result.issues
            effect.resources += result.resources.filter { !effect.resources.contains($0) }
        }
        return effect
    }

    private func apply(
        _ pair: MergeStatement.Pair, _ action: MergeStatement.Action, _ profile: SourceProfile, _ cause: String,
        in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        switch action {
        case .mergePatients: try await merge(pair, profile, cause, in: transaction)
        case .unlink: try await unlink(pair, cause, in: transaction)
        case .changeIdentifiers: try await changeIdentifiers(pair, in: transaction)
        case .mergeAccounts: try await mergeAccounts(pair, profile, cause, in: transaction)
        case .mergeVisits: try await mergeVisits(pair, cause, in: transaction)
        case .moveVisits: try await moveVisits(pair, profile, in: transaction)
        case .moveAccount: try await moveAccount(pair, profile, in: transaction)
        }
    }

    static func refusal(_ code: MessageErrorCode, _ pair: MergeStatement.Pair, _ text: String) -> MappingError {
        MappingError(code, .contentError, at: pair.location, text)
    }

    static func warning(
        _ code: MessageErrorCode, _ pair: MergeStatement.Pair, _ text: String
    )
        -> Acknowledgement.Issue
    { Acknowledgement.Issue(code, .warning, at: pair.location, userMessage: text) }

    func type(_ name: String) throws -> TypeID {
        guard let type = store.definitions.resourceType(named: name) else {
            throw StoreError(.fault, "there is no type \(name)")
        }
        return type
    }

    /// Makes the record, as a message about the patient would.
    func make(
        _ resource: StatedResource, _ profile: SourceProfile, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        try await stated.apply(
            StatedMessage(patient: resource.address, resources: [resource], mentioned: [], warnings: []),
            profile: profile, in: transaction)
    }

    // MARK: - Patients

    private func merge(
        _ pair: MergeStatement.Pair, _ profile: SourceProfile, _ cause: String, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        let parties = MergeParties(stated: stated)
        var effect = MessageEffect()
        let sameIdentifiers = Set(pair.survivor.identifiers).intersection(pair.prior.identifiers)
        guard sameIdentifiers.isEmpty else {
            return MessageEffect(issues: [Self.warning(.duplicateKey, pair, "both are the same patient")])
        }
        var ids: [String] = []
        for resource in [pair.survivor, pair.prior] {
            switch try await parties.find(resource, in: transaction) {
            case .several: return .hold("the identifiers of a merge belong to several patients")
            case .one(let version):
                if resource.address == pair.survivor.address, Self.conflicts(version, resource) {
                    return .hold("name, birth date and gender differ from those of the patient that survives")
                }
                ids.append(version.stamp.id)
            case .none:
                let made = try await make(resource, profile, in: transaction)
                if made.hold != nil { return made }
                effect.resources += made.resources
                ids.append(resource.id)
            }
        }
        do {
            switch try await PatientMerge(transaction).merge(prior: ids[1], into: ids[0], cause: cause) {
            case .same:
                effect.issues.append(Self.warning(.duplicateKey, pair, "both are the same patient"))
            case .alreadyMerged: break
            case .merged(let survivor, let moved):
                if survivor != ids[0] {
                    effect.issues.append(Self.warning(.unknownKey, pair, "the survivor was merged; filed with its own"))
                }
                effect.resources += ["Patient/\(survivor)", "Patient/\(ids[1])"] + moved
            }
        } catch let error as StoreError where error.details == "merge-cycle" {
            throw Self.refusal(.unknownKey, pair, error.message)
        } catch let error as StoreError where error.details == "merged-elsewhere" {
            return .hold(error.message)
        }
        var seen: Set<String> = []
        effect.resources = effect.resources.filter { seen.insert($0).inserted }
        return effect
    }

    private static func conflicts(_ version: StoredVersion, _ resource: StatedResource) -> Bool {
        guard let mine = version.node, let theirs = resource.json(over: nil).flatMap({ try? Document.parse($0) }) else {
            return false
        }
        return PatientIdentity.conflicts(mine, JSONNode(theirs))
    }

    /// A37: whichever of the two is merged into the other comes back.
    private func unlink(
        _ pair: MergeStatement.Pair, _ cause: String, in transaction: StoreTransaction
    ) async throws -> MessageEffect {
        let parties = MergeParties(stated: stated)
        var ids: [String] = []
        for resource in [pair.survivor, pair.prior] {
            switch try await parties.find(resource, in: transaction) {
            case .none: throw Self.refusal(.unknownKey, pair, "a patient that is not known")
            case .several: return .hold("the identifiers belong to several patients")
            case .one(let version): ids.append(version.stamp.id)
            }
        }
        for (prior, survivor) in [(ids[1], ids[0]), (ids[0], ids[1])] {
            do {
                let parting = try await PatientMerge(transaction).unmerge(prior: prior, from: survivor)
                return MessageEffect(
                    resources: ["Patient/\(prior)", "Patient/\(survivor)"] + parting.restored)
            } catch let error as StoreError where error.details == "not-merged" {
                continue
            }
        }
        return MessageEffect(issues: [Self.warning(.unknownKey, pair, "the patients are not merged")])
    }
}
