import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape

/// `/Account/[id]/$statement`: what was invoiced and paid on an account until a date, and what is owed then.
struct Statement: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "statement", typeName: "Account", level: .instance, affectsState: false,
            documentation: "Invoices and payments of an account until a date, with the balance.",
            roles: [.patient, .proxy, .cashier],
            parameters: [
                .init(.input, "atDate", 0, 1, "dateTime", "Until the end of which day, or when; now where left out."),
                .init(.input, "format", 0, 1, "code", "application/pdf or text/csv."),
                .init(.output, "return", 1, 1, "Binary", "The statement."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let account = try work.instance
        let time = try work.parameters.date("atDate", now: work.now)
        let format = try PaperFormat(work.parameters)
        let movements = try await AccountBook(account.reference, at: time, work).movements()
        let paper = StatementPaper(account: account, movements: movements, time: time)
        let bytes =
            switch format {
            case .csv: paper.csv
            case .pdf: try await paper.pdf(work)
            }
        return PaperFormat.answer(bytes, as: format, about: account.reference)
    }
}
