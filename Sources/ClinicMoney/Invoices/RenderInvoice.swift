import Clinic
import FHIRDefinitions
import FHIRStore

/// `/Invoice/[id]/$render`: the invoice as it is handed out, with the totals of the resource.
struct RenderInvoice: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "render", typeName: "Invoice", level: .instance, affectsState: false,
            documentation: "Renders an invoice for printing.", roles: [.cashier, .patient, .proxy],
            parameters: [
                .init(.input, "format", 0, 1, "code", "application/pdf or text/csv."),
                .init(.output, "return", 1, 1, "Binary", "The document."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let invoice = try work.instance
        let format = try PaperFormat(work.parameters)
        let paper = try await InvoicePaper(invoice, work)
        let bytes =
            switch format {
            case .csv: paper.csv
            case .pdf: try await paper.pdf(work)
            }
        return PaperFormat.answer(bytes, as: format, about: invoice.reference)
    }
}
