import Foundation
import Testing

@testable import Printing

@Suite struct PrintedDocumentTests {
    private func text(_ pdf: PrintedPDF) throws -> String? {
        try OutsideReader.read("pdftotext", ["-layout"], file: pdf.bytes, then: ["-"])
    }

    @Test func invoiceHasItsAmountsAndNames() throws {
        let pdf = try SamplePapers.invoice(code: QRCode("PAY|1503.38")).pdf()
        #expect(pdf.bytes.starts(with: Array("%PDF-1.5".utf8)))
        #expect(pdf.pageCount == 1)
        if let folder = ProcessInfo.processInfo.environment["MARTLET_PRINT_SAMPLES"] {
            try Data(pdf.bytes).write(to: URL(filePath: folder + "/invoice.pdf"))
        }
        guard let text = try text(pdf) else { return }
        for part in [
            "Invoice INV-2026-000147", "1,503.38 NPR", "−163.25 NPR", "Dr Łukasz Wiśniewski", "Żółć — bilirubin",
            "MRN-004711", "Page 1 of 1",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    /// Letters of other scripts come out as themselves only if there is a font that has them.
    @Test(arguments: ["Łukasz Wiśniewski", "Ελένη", "Наталья", "محمد", "सीता शर्मा"])
    func namesKeepTheirLetters(_ name: String) throws {
        let pdf = try PrintedDocument(
            letterhead: SamplePapers.letterhead, title: "Name", body: [.paragraph(name)], createdSeconds: 0
        ).pdf()
        guard pdf.missingGlyphCount == 0 else {
            print("\(name): skipped, because no font here has its letters")
            return
        }
        guard let text = try text(pdf) else { return }
        // Readers order the letters of Arabic and the vowels of Devanagari each in their own way.
        let letters = Set(name.unicodeScalars.filter(\.properties.isAlphabetic))
        let folded = text.precomposedStringWithCompatibilityMapping
        let missing = letters.subtracting(folded.unicodeScalars)
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test func lettersWithoutFontAreCounted() throws {
        // A private character, which no font should have.
        let pdf = try PrintedDocument(
            letterhead: Letterhead(name: "X"), title: "T", body: [.paragraph("\u{10FFFD}\u{10FFFC}")], createdSeconds: 0
        ).pdf()
        #expect(pdf.missingGlyphCount == 2)
    }

    @Test func equalDocumentsBecomeEqualBytes() async throws {
        let document = SamplePapers.invoice(code: try QRCode("PAY|1503.38"))
        let first = try document.pdf()
        // On other threads as well.
        try await withThrowingTaskGroup(of: PrintedPDF.self) { group in
            for _ in 0..<16 { group.addTask { try document.pdf() } }
            for try await pdf in group { #expect(pdf == first) }
        }
        var later = document
        later.createdSeconds += 1
        #expect(try later.pdf().bytes != first.bytes)
    }

    @Test func dateIsTheCallersOwn() throws {
        let pdf = try SamplePapers.statement(rowCount: 1).pdf()
        #expect(PDFPen.instant(1_777_881_600) == "2026-05-04T08:00:00Z")
        #expect(PDFPen.instant(951_782_399) == "2000-02-28T23:59:59Z")
        #expect(PDFPen.instant(951_782_400) == "2000-02-29T00:00:00Z")
        #expect(PDFPen.instant(.max) == "9999-12-31T23:59:59Z")
        #expect(PDFPen.instant(.min) == "1970-01-01T00:00:00Z")
        guard let info = try OutsideReader.read("pdfinfo", ["-isodates"], file: pdf.bytes) else { return }
        #expect(info.contains("2026-05-04T08:00:00Z"))
        #expect(info.contains("A4"))
        #expect(info.contains("Statement of account"))
    }

    @Test func longTablesRepeatTheirHeader() throws {
        let pdf = try SamplePapers.statement(rowCount: 400).pdf()
        #expect(pdf.pageCount > 8)
        if let folder = ProcessInfo.processInfo.environment["MARTLET_PRINT_SAMPLES"] {
            try Data(pdf.bytes).write(to: URL(filePath: folder + "/statement.pdf"))
        }
        guard let text = try text(pdf) else { return }
        let pages = text.split(separator: "\u{C}").filter { !$0.allSatisfy(\.isWhitespace) }
        #expect(pages.count == pdf.pageCount)
        for (index, page) in pages.enumerated() {
            #expect(page.contains("Page \(index + 1) of \(pdf.pageCount)"))
            #expect(page.contains("All amounts in Nepalese rupees."))
            #expect(page.contains("Amount") && page.contains("What"), "page \(index + 1)")
        }
        for number in 1...400 {
            #expect(text.contains("Service number \(number) ") || text.contains("Service number \(number)\n"))
        }
        #expect(pages.last?.contains("80200.00 NPR") == true)
    }

    /// A cell that no page holds goes on over several, and none of its words is lost.
    @Test func cellsLargerThanPagesAreBroken() throws {
        let words = (1...4000).map { "word\($0)." }
        let pdf = try SamplePapers.statement(rowCount: 20, longCell: words.joined(separator: " ")).pdf()
        #expect(pdf.pageCount > 4)
        guard let text = try text(pdf) else { return }
        let found = Set(text.split { $0 == " " || $0.isNewline }.map(String.init))
        #expect(words.allSatisfy { found.contains($0) })
    }

    @Test func longParagraphsAndWordsAreBroken() throws {
        let paragraph = (1...3000).map { "p\($0)" }.joined(separator: " ")
        let document = PrintedDocument(
            letterhead: SamplePapers.letterhead, title: String(repeating: "Title ", count: 60),
            body: [
                .heading("One"), .paragraph(paragraph), .paragraph(String(repeating: "w", count: 5000)),
                .facts([.init(String(repeating: "label ", count: 20), String(repeating: "v", count: 600))]),
                .notes(heading: "", [paragraph]),
            ], createdSeconds: 0)
        let pdf = try document.pdf()
        #expect(pdf.pageCount > 3)
        guard let text = try text(pdf) else { return }
        #expect(text.contains("p3000"))
    }

    @Test func controlCharactersDoNoHarm() throws {
        let pdf = try PrintedDocument(
            letterhead: Letterhead(name: "A\0B", lines: ["\u{1B}[31m"]), title: "T\r\nU", subtitle: "\u{7F}",
            body: [.paragraph("a\0b\tc\u{1}d"), .paragraph(""), .table(PrintedTable(columns: [], rows: [[]]))],
            createdSeconds: 0
        ).pdf()
        guard let text = try text(pdf) else { return }
        #expect(text.contains("ab cd"))
    }

    @Test func absurdShapesEnd() throws {
        var document = SamplePapers.statement(rowCount: 30)
        document.paper = Paper(width: 160, height: 160, margin: 30)
        #expect(try document.pdf().pageCount > 10)
        document.body = [
            .table(
                PrintedTable(
                    columns: (0..<40).map { .init("Column \($0)", width: .points(300)) },
                    rows: [Array(repeating: "cell", count: 50), []]))
        ]
        #expect(try document.pdf().pageCount >= 1)
    }

    @Test func limitsHold() throws {
        var document = SamplePapers.statement(rowCount: 1)
        document.body = [.paragraph(String(repeating: "x", count: 5 << 20))]
        #expect(throws: PrintError.self) { try document.pdf() }
        document.body = [
            .table(PrintedTable(columns: [.init("A")], rows: Array(repeating: ["1"], count: 70_000)))
        ]
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .tooLarge }
        document.body = [.paragraph(String(repeating: "\n", count: 1 << 20))]
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .tooLarge }
        document.body = [.paragraph(String(repeating: "x", count: 300_000))]
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .tooLarge }
        document.body = Array(repeating: .paragraph(String(repeating: "\n", count: 3900)), count: 40)
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .tooLarge }
        document.paper = Paper(width: 90, height: 50, margin: 40)
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .invalid }
    }

    @Test func picturesAreEmbedded() throws {
        let png = try QRCode.png(text: "hello")
        var document = SamplePapers.statement(rowCount: 2)
        document.letterhead.logo = .png(png)
        document.body.append(.picture(.png(png), width: 4000, caption: ["a"]))
        let pdf = try document.pdf()
        guard let list = try OutsideReader.read("pdfimages", ["-list"], file: pdf.bytes) else { return }
        #expect(list.contains("image"))
    }

    @Test(arguments: [[], [0x89], Array("GIF89a, which is no PNG at all".utf8)] as [[UInt8]])
    func otherPicturesAreRefused(_ bytes: [UInt8]) {
        var document = SamplePapers.statement(rowCount: 2)
        document.body = [.picture(.png(bytes), width: 10, caption: [])]
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .unreadableImage }
    }

    @Test func damagedAndHugePicturesAreRefused() throws {
        var document = SamplePapers.statement(rowCount: 2)
        let png = try QRCode.png(text: "hello")
        document.body = [.picture(.png(Array(png.dropLast(20))), width: 10, caption: [])]
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .unreadableImage }
        var huge = png
        huge.replaceSubrange(16..<24, with: [0, 0, 0x7F, 0xFF, 0, 0, 0x7F, 0xFF])
        document.body = [.picture(.png(huge), width: 10, caption: [])]
        #expect { try document.pdf() } throws: { ($0 as? PrintError)?.code == .tooLarge }
    }

    @Test func pageLabelsTakeAnyLanguage() {
        #expect(PageLabel("पृष्ठ {page} / {count}").text(page: 2, of: 3) == "पृष्ठ 2 / 3")
        #expect(PageLabel("{count}{page}{x}").text(page: 2, of: 3) == "32{x}")
    }
}
