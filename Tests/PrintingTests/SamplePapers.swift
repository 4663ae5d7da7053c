@testable import Printing

/// Documents as a clinic hands them out.
enum SamplePapers {
    static let letterhead = Letterhead(
        name: "Sagarmatha Family Clinic", subtitle: "General practice · Laboratory · Pharmacy",
        lines: ["Lazimpat Road 14", "44600 Kathmandu, Nepal", "+977 1 555 0147", "PAN 300 112 847"])

    static func invoice(code: QRCode) -> PrintedDocument {
        PrintedDocument(
            letterhead: letterhead,
            recipient: ["Sita Sharma · सीता शर्मा", "Ward 3, Maharajgunj", "Kathmandu"],
            title: "Invoice INV-2026-000147", subtitle: "Visit of 4 May 2026",
            body: [
                .facts([
                    .init("Patient", "सीता शर्मा (Sita Sharma)"), .init("Invoice date", "4 May 2026"),
                    .init("MRN", "MRN-004711"), .init("Due", "18 May 2026"),
                    .init("Physician", "Dr Łukasz Wiśniewski"), .init("Account", "ACC-88213"),
                    .init("Insurer", "مؤسسة الضمان الصحي"),
                    .init("Policy", "NHI 2041-77-1180, family cover, renewed in the spring of this year"),
                ]),
                .table(
                    PrintedTable(
                        columns: [
                            .init("#", .right, width: .content), .init("Service", width: .share(1)),
                            .init("Code", width: .content), .init("Qty", .right, width: .content),
                            .init("Unit price", .right, width: .content), .init("Amount", .right, width: .content),
                        ],
                        rows: [
                            .init(["1", "Consultation, general practice", "CON-01", "1", "800.00", "800.00"]),
                            .init([
                                "2", "Glucose, serum or plasma, with a second measurement two hours after a meal",
                                "LAB-114", "2", "175.00", "350.00",
                            ]),
                            .init(["3", "Żółć — bilirubin, total", "LAB-120", "1", "220.00", "220.00"]),
                            .init(["4", "Amoxicillin 500 mg, capsule", "RX-0031", "21", "12.50", "262.50"]),
                            .init(["", "Sum of services", "", "", "", "1,632.50"], isStrong: true),
                        ])),
                .totals([
                    .init("Subtotal", "1,632.50 NPR"), .init("Discount (senior citizen, 10 %)", "−163.25 NPR"),
                    .init("VAT 13 % on 262.50", "34.13 NPR"), .init("Total due", "1,503.38 NPR", isStrong: true),
                ]),
                .heading("Payment"),
                .picture(
                    .code(code), width: 96,
                    caption: [
                        "Scan to pay 1,503.38 NPR", "Reference INV-2026-000147, valid until 18 May 2026 18:00.",
                        "Payments are booked after verification at the counter.",
                    ]),
                .notes(
                    heading: "Notes",
                    [
                        "Please bring this invoice when you pay at the counter. Receipts are printed on request.",
                        "يرجى إحضار هذه الفاتورة عند الدفع في المكتب.",
                    ]),
                .signatures(["Cashier", "Patient or guardian"]),
            ],
            footer: "Sagarmatha Family Clinic · registered under no. 4471/079 · clinic.example\n"
                + "This document is valid without a stamp.",
            createdSeconds: 1_777_881_600)
    }

    static func statement(rowCount: Int, longCell: String? = nil) -> PrintedDocument {
        var rows = (1...rowCount).map { number in
            [
                "2026-05-\(number % 28 + 1)",
                "Service number \(number)" + (number % 9 == 0 ? " with a longer name" : ""),
                "\(number).00",
            ]
        }
        if let longCell { rows.insert(["2026-05-01", longCell, "0.00"], at: rows.count / 2) }
        return PrintedDocument(
            letterhead: letterhead, title: "Statement of account",
            body: [
                .table(
                    PrintedTable(
                        columns: [
                            .init("Date", width: .points(80)), .init("What"),
                            .init("Amount", .right, width: .points(90)),
                        ], rows: rows)),
                .totals([.init("Balance", "\(rowCount * (rowCount + 1) / 2).00 NPR", isStrong: true)]),
            ],
            footer: "All amounts in Nepalese rupees.", watermark: "COPY", createdSeconds: 1_777_881_600)
    }
}
