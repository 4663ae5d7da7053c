import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import PostgreSQL
import FHIRFormats

/// `POST /$cash-open`: a cashier begins with a drawer. Cash that they take from then on is counted in it.
struct CashOpen: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "cash-open", level: .system, affectsState: true,
            documentation: "Opens a cash drawer; a cashier has one at a time.", roles: [.cashier],
            events: ["cash.opened"],
            parameters: [
                .init(.input, "drawer", 1, 1, "string", "Which drawer."),
                .init(.input, "opening", 1, 1, "Money", "What is in it."),
                .init(.output, "return", 1, 1, "Basic", "The session."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let drawer = work.parameters.text("drawer") ?? ""
        guard let opening = Amount(work.parameters.value("opening")), opening.minor >= 0 else {
            throw OperationParameters.invalid(
                "the parameter opening is a Money of nothing or more", at: work.parameters.place(of: "opening"))
        }
        var session = CashSession(
            id: work.store.makeID(), drawer: drawer, opening: opening, opened: work.now)
        var parameters = SQLParameters()
        parameters.append(text: session.id)
        parameters.append(text: work.call.caller)
        parameters.append(text: drawer)
        parameters.append(text: opening.currency.code)
        parameters.append(int64: Int64(opening.minor))
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let rows = try await work.transaction.session.query(Self.open, parameters)
        guard rows.rowCount > 0 else {
            throw StoreError(.conflict, "the cashier has a drawer open", details: "duplicate")
        }
        session.cashier = work.call.caller
        var changes = ChangeSet(work)
        let reference = changes.create(json: session.json, type: "Basic", id: session.id)
        changes.record("cash.opened", reference)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static let open = SQLStatement(
        """
        INSERT INTO money_session (session, cashier, drawer, currency, opening, opened)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::bigint, $6::timestamptz)
        ON CONFLICT DO NOTHING RETURNING 1
        """)
}
