internal import HL7Syntax

/// PID-18 with PV1 and GT1 to the Account of charges. §2.8.
struct BillingAccountMap {
    let scope: MessageScope
    let identifier: FHIRIdentifier
    private let repetition: Repetition

    /// Nil without an account number.
    init?(scope: MessageScope) {
        let repetition = scope.context.message["PID", field: 18][repetition: 1]
        guard let pair = IdentifierMap(context: scope.context).pair(repetition) else { return nil }
        self.scope = scope
        self.repetition = repetition
        identifier = pair
    }

    private var key: IdentityKey { IdentityKey("Account", [identifier.system, identifier.value]) }

    /// `Account/id` in the message.
    var address: String { key.reference }

    /// For charges: made if missing; a closed one takes none.
    func mentioned(guarantors: [FHIRValue], coverages: [FHIRValue]) -> StatedResource {
        var statement = StatedResource(
            key, content(status: "active", guarantors: guarantors, coverages: coverages), identifiers: [identifier],
            rule: .mention,
            location: HL7Location(segment: "PID", sequence: 1, field: 18))
        statement.objection = { stored in
            ["inactive", "entered-in-error"].contains(stored.text("status") ?? "") ? "the account is closed" : nil
        }
        return statement
    }

    /// For BAR, which speaks for the account.
    func stated(status: String, guarantors: [FHIRValue], coverages: [FHIRValue]) -> StatedResource {
        let context = scope.context
        var account = content(status: status, guarantors: guarantors, coverages: coverages)
        account.set(
            "servicePeriod",
            PeriodMap.map(
                context, start: context.message["PV1", field: 44][component: 1].string,
                end: context.message["PV1", field: 45][component: 1].string))
        return StatedResource(
            key, account, identifiers: [identifier], stamp: context.eventStamp,
            location: HL7Location(segment: "PID", sequence: 1, field: 18))
    }

    private func content(status: String, guarantors: [FHIRValue], coverages: [FHIRValue]) -> FHIRObject {
        var account = FHIRObject()
        account.append("identifier", IdentifierMap(context: scope.context).map(repetition, type: "AN"))
        account.set("status", .string(status))
        account.append("subject", .reference(scope.subject))
        for coverage in coverages { account.append("coverage", coverage) }
        account.set("owner", OrganizationMap(context: scope.context).sender())
        for party in guarantors { account.append("guarantor", .object(["party": party])) }
        return account
    }
}
