import Clinic
import FHIRFormats
import JSONTape
import Printing

extension StatementPaper {
    /// The statement as PDF.
    func pdf(_ work: ClinicWork) async throws -> [UInt8] {
        let owner = try await PaperParty(account.node["subject"]?.items.first, work)
        let table = PrintedTable(
            columns: [
                .init("Date", width: .content), .init("", width: .share(1)), .init("Number", width: .content),
                .init("Amount", .right, width: .content), .init("Balance", .right, width: .content),
            ],
            rows: zip(movements, balances).map { movement, balance in
                PrintedTable.Row([
                    movement.time.day, Self.title(movement.kind), movement.number, movement.amount.readable,
                    balance.readable,
                ])
            })
        let document = PrintedDocument(
            letterhead: try await PaperHead.letterhead(
                account.node["servicingProvider"] ?? account.node["owner"], work),
            recipient: owner?.lines ?? [], title: "Statement of account", subtitle: "until \(time.day)",
            body: [
                .facts([.init("Account", account.reference.id), .init("Date", time.day)]), .table(table),
                .totals(totals.map { .init("Balance", $0.readable, isStrong: true) }),
            ], createdSeconds: work.now.microsecondsSince1970 / 1_000_000)
        return try PaperHead.pdf(of: document)
    }

    private static func title(_ kind: String) -> String {
        switch kind {
        case "invoice": "Invoice"
        case "cancellation": "Invoice cancelled"
        case "payment": "Payment"
        case "credit": "Credit note"
        default: "Refund"
        }
    }
}
