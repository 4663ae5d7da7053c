package import HL7Syntax

/// DFT^P03 and P11: charges, credits, payments and adjustments. §2.8.
enum ChargeMap: MessageMap {
    static let kinds: [String: Set<String>] = ["DFT": ["P03", "P11"]]

    static let isKeyedByPatient = true

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        try map(message, profile: profile, patients: [:])
    }

    static func map(
        _ message: RawMessage, profile: SourceProfile, patients: [String: String]
    ) throws(MappingError) -> StatedMessage {
        var scope = try MessageScope(message, profile: profile, patients: patients)
        let (people, guarantors) = GuarantorMap(scope: scope).all(message)
        let billing = BillingAccountMap(scope: scope)
        let surroundings = BillingSurroundings(scope: scope, account: billing?.address)
        let account = billing?.mentioned(guarantors: guarantors, coverages: surroundings.accountCoverages)
        scope.encounter = surroundings.encounter ?? scope.encounter
        let reference = account.map { FHIRValue.reference($0.address) }
        // Guarantors are of the account: without one there is nothing that they answer for.
        var resources = account == nil ? [] : people
        resources += surroundings.coverages + [account].compactMap(\.self) + surroundings.visits
        resources += surroundings.diagnoses + surroundings.procedures
        var keys = TransactionKeys(scope: scope)
        let entries = ChargeEntry.entries(message)
        if entries.isEmpty {
            throw MappingError(.segmentSequence, .contentError, at: HL7Location(segment: "FT1"), "no FT1 segment")
        }
        for entry in entries {
            let segment = entry.segment
            switch type(segment, scope) {
            case .payment:
                guard let key = keys.key("PaymentNotice", segment) else { continue }
                resources.append(try PaymentNoticeMap(scope: scope, account: reference).map(segment, key: key))
            case .adjustment:
                guard let key = keys.key("Invoice", segment) else { continue }
                resources.append(try AdjustmentMap(scope: scope, account: reference).map(entry, key: key))
            case .credit:
                guard let key = keys.key("ChargeItem", segment) else { continue }
                resources += credit(entry, key: key, reference, scope)
            case let type:
                guard let key = keys.key("ChargeItem", segment) else { continue }
                let done = entry.procedures.compactMap(surroundings.procedure)
                let map = ChargeItemMap(scope: scope, account: reference)
                resources.append(map.map(entry, key: key, type, procedures: done))
                // PR1 says more of the same procedure.
                if done.isEmpty, let procedure = ChargedProcedureMap(scope: scope).map(segment, charge: key) {
                    resources.append(procedure)
                }
            }
        }
        return scope.message(resources)
    }

    private static func type(_ segment: Segment, _ scope: MessageScope) -> TransactionType {
        if let type = TransactionType(rawValue: segment.code(6)) { return type }
        scope.context.warn(.tableValueNotFound, at: segment[field: 6].location, "transaction type taken for a charge")
        return .charge
    }

    /// The charge it names is taken back; where that was billed, or never came, an item of the opposite sign stands
    /// against it.
    private static func credit(
        _ entry: ChargeEntry, key: IdentityKey, _ account: FHIRValue?, _ scope: MessageScope
    ) -> [StatedResource] {
        let map = ChargeItemMap(scope: scope, account: account)
        let charge = map.aborting(entry.segment, key: key)
        var item = map.map(
            entry, key: IdentityKey("ChargeItem", [key.text, "credit"]), .credit, isCredit: true)
        item.condition = StatedResource.Condition(address: charge.address) { stored in
            stored.map { $0.text("status") == "billed" } ?? true
        }
        return [charge, item]
    }
}
