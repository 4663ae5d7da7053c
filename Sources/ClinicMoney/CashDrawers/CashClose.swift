import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /$cash-close`: a cashier counts the drawer; what should be in it is reckoned and the difference stored.
struct CashClose: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cash-close", level: .system, affectsState: true,
            documentation: "Closes the cashier's drawer with what was counted.", roles: [.cashier],
            events: ["cash.closed"],
            parameters: [
                .init(.input, "counted", 1, nil, "Money", "What was counted; several are added up."),
                .init(.input, "drawer", 0, 1, "string", "Which drawer; has to be the one that is open."),
                .init(.output, "return", 1, 1, "Basic", "The session, with expected, counted and difference."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        var caller = SQLParameters()
        caller.append(text: work.call.caller)
        let rows = try await work.transaction.session.query(Self.find, caller)
        guard rows.rowCount > 0, let id = rows.string(0, 0) else {
            throw StoreError(.businessRule, "the cashier has no drawer open", details: "illegal-transition")
        }
        let currency = Currency(rows.string(0, 2) ?? "")
        var session = CashSession(
            id: id, drawer: rows.string(0, 1) ?? "", opening: Amount(Int(rows.int64(0, 3) ?? 0), currency),
            opened: Instant(microsecondsSince1970: rows.int64(0, 4) ?? 0))
        if let drawer = work.parameters.text("drawer"), drawer != session.drawer {
            throw StoreError(
                .businessRule, "the cashier has another drawer open", expression: work.parameters.place(of: "drawer"),
                details: "not-allowed")
        }
        let counted = try Self.counted(work.parameters, currency)
        var parameters = SQLParameters()
        parameters.append(text: id)
        parameters.append(int64: Int64(counted))
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let result = try await work.transaction.session.query(Self.close, parameters)
        session.cashier = work.call.caller
        session.counted = Amount(counted, currency)
        session.expected = Amount(session.opening.minor + Int(result.int64(0, 0) ?? 0), currency)
        session.closed = work.now
        let stored = try await work.lock(LocalReference("Basic", id))
        var changes = ChangeSet(work)
        var edit = stored.edit
        edit.set("extension", items: session.extensions)
        changes.update(stored, edit)
        changes.record("cash.closed", stored.reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static func counted(_ parameters: OperationParameters, _ currency: Currency) throws -> Int {
        try parameters.elements("counted", Money.self).reduce(0) { sum, money in
            guard let amount = Amount(JSONNode(try Document.parse(money.json))), amount.minor >= 0 else {
                throw OperationParameters.invalid(
                    "what was counted is a Money of nothing or more", at: parameters.place(of: "counted"))
            }
            guard amount.currency == currency else { throw InvoiceSum.mixedCurrency }
            let (next, overflows) = sum.addingReportingOverflow(amount.minor)
            guard !overflows else { throw ExactDecimal.outOfRange }
            return next
        }
    }

    private static let find = SQLStatement(
        """
        SELECT session, drawer, currency, opening, (extract(epoch FROM opened) * 1000000)::bigint
        FROM money_session WHERE cashier = $1::text AND closed IS NULL FOR UPDATE
        """)
    /// What came in and went out, once nobody can add to it.
    private static let close = SQLStatement(
        """
        UPDATE money_session s SET counted = $2::bigint, closed = $3::timestamptz WHERE session = $1::text
        RETURNING coalesce((SELECT sum(amount) FROM money_payment p WHERE p.session = s.session), 0)::bigint
          - coalesce((SELECT sum(amount) FROM money_refund r WHERE r.session = s.session), 0)::bigint
        """)
}
