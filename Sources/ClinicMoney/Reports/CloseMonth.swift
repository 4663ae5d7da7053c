import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$finance-close`: closes a month that has passed. Its books take nothing more, and its report stays.
struct CloseMonth: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "finance-close", level: .system, affectsState: true,
            documentation: "Closes the books of a month and keeps its report.", roles: [.facilityHead],
            events: ["report.closed"],
            parameters: [
                .init(.input, "month", 1, 1, "date", "A month that has passed, such as 2026-10."),
                .init(.output, "return", 1, 1, "MeasureReport", "Its report."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        if work.store.isLimited {
            throw StoreError(
                .forbidden, "the books are closed by somebody who belongs to no tenant: they are the whole house's",
                details: "not-allowed")
        }
        let period = try FinancePeriod(month: work.parameters.text("month") ?? "", work.parameters)
        guard let month = period.month, period.end <= work.now else {
            throw StoreError(
                .businessRule, "a month is closed when it has passed", expression: work.parameters.place(of: "month"),
                details: "not-allowed")
        }
        // Waits for whoever writes to the books: what began before the end of the month belongs to it.
        _ = try await work.transaction.session.query(Self.lock, SQLParameters())
        guard try await FinanceReport.closed(month, work) == nil else {
            throw StoreError(
                .conflict, "the month is closed already", expression: work.parameters.place(of: "month"),
                details: "month-closed")
        }
        let figures = try await FinanceFigures(period, work)
        let standard = try await MoneySettings.currency.text(in: work.transaction)
        var changes = ChangeSet(work)
        let report = changes.create(
            json: figures.report(now: work.now, standard: standard, month: month), type: "MeasureReport")
        var parameters = SQLParameters()
        parameters.append(text: month)
        parameters.append(timestamp: period.start.microsecondsSince1970)
        parameters.append(timestamp: period.end.microsecondsSince1970)
        parameters.append(text: report.id)
        parameters.append(text: work.call.caller)
        parameters.append(timestamp: work.now.microsecondsSince1970)
        _ = try await work.transaction.session.query(Self.close, parameters)
        changes.record("report.closed", report)
        return ClinicAnswer(try await changes.apply()[0])
    }

    private static let lock = SQLStatement(
        """
        LOCK TABLE money_month, money_invoice, money_payment, money_entry, money_refund IN SHARE ROW EXCLUSIVE MODE
        """)
    private static let close = SQLStatement(
        """
        INSERT INTO money_month (month, since, until, report, actor, closed)
        VALUES ($1::text, $2::timestamptz, $3::timestamptz, $4::text, $5::text, $6::timestamptz)
        """)
}
