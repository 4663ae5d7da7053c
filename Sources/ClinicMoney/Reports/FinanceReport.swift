import Clinic
import FHIRDefinitions
import FHIRStore
import JSONTape
import PostgreSQL

/// `/fhir/$finance-report`: what was invoiced, received and given back in a time, by method of payment, and what was
/// open at its end. A month that was closed is told by the report that closed it.
struct FinanceReport: ClinicOperation {
    private enum Form: String, CaseIterable {
        case json = "application/fhir+json"
        case csv = "text/csv"
    }

    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "finance-report", level: .system, affectsState: false,
            documentation: "Invoices, payments by method, refunds and receivables of a month or of days, in UTC.",
            roles: [.cashier, .facilityHead],
            parameters: [
                .init(
                    .input, "month", 0, 1, "date", "A month, such as 2026-10; the present one where nothing is said."),
                .init(.input, "from", 0, 1, "date", "The first day, in place of a month."),
                .init(.input, "to", 0, 1, "date", "The day behind the last."),
                .init(.input, "format", 0, 1, "code", "application/fhir+json, or text/csv for a Binary."),
                .init(.output, "return", 1, 1, nil, "MeasureReport, or a Binary."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let period = try FinancePeriod(work.parameters, now: work.now)
        let form = try work.parameters.code("format", Form.self) ?? .json
        if form == .json, let month = period.month, let closed = try await Self.closed(month, work) {
            return ClinicAnswer(resource: closed.node.source, stamp: closed.stamp)
        }
        let figures = try await FinanceFigures(period, work)
        let standard = try await MoneySettings.currency.text(in: work.transaction)
        guard form == .csv else { return ClinicAnswer(resource: figures.report(now: work.now, standard: standard)) }
        return ClinicAnswer(resource: PaperFormat.binary(figures.csv(standard: standard), form.rawValue))
    }

    /// The report that closed a month; nil for an open one, and for callers from whom rows are kept: it is the whole
    /// house's.
    static func closed(_ month: String, _ work: ClinicWork) async throws -> StoredResource? {
        if work.store.isLimited { return nil }
        var parameters = SQLParameters()
        parameters.append(text: month)
        let rows = try await work.transaction.session.query(find, parameters)
        guard rows.rowCount > 0, let id = rows.string(0, 0) else { return nil }
        return try await work.find(LocalReference("MeasureReport", id))
    }

    private static let find = SQLStatement("SELECT report FROM money_month WHERE month = $1::text")
}
