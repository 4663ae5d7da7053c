package import HL7Syntax

/// BAR^P01, P05, P06, P02 and P12: accounts opened, updated, ended and purged. §2.8.
enum AccountMessageMap: MessageMap {
    static let kinds: [String: Set<String>] = ["BAR": ["P01", "P02", "P05", "P06", "P12"]]

    static let isKeyedByPatient = true

    static func map(_ message: RawMessage, profile: SourceProfile) throws(MappingError) -> StatedMessage {
        try map(message, profile: profile, patients: [:])
    }

    static func map(
        _ message: RawMessage, profile: SourceProfile, patients: [String: String]
    ) throws(MappingError) -> StatedMessage {
        let scope = try MessageScope(message, profile: profile, patients: patients)
        guard let account = BillingAccountMap(scope: scope) else {
            throw MappingError(
                .requiredFieldMissing, .contentError, at: message["PID", field: 18].location, "no account number")
        }
        let (people, guarantors) = GuarantorMap(scope: scope).all(message)
        let surroundings = BillingSurroundings(scope: scope, account: account.address)
        var statement = account.stated(
            status: status(scope.context.header.triggerEvent), guarantors: guarantors,
            coverages: surroundings.accountCoverages)
        // P12 is about diagnoses and procedures: the account is only named.
        if scope.context.header.triggerEvent == "P12" { statement.rule = .mention }
        if message.segments(named: "PID").count > 1 {
            scope.context.warn(
                .segmentSequence, at: HL7Location(segment: "PID", sequence: 2), "only one account is read")
        }
        return scope.message(
            people + surroundings.coverages + [statement] + surroundings.visits + surroundings.diagnoses
                + surroundings.procedures)
    }

    /// Nothing is ever deleted: a purged account is closed.
    private static func status(_ trigger: String) -> String {
        trigger == "P06" || trigger == "P02" ? "inactive" : "active"
    }
}
