/// A document as PDF.
package struct PrintedPDF: Sendable, Hashable {
    /// The file, PDF 1.5 with its fonts inside.
    package var bytes: [UInt8]
    package var pageCount: Int
    /// Characters for which this machine has no font, printed as boxes; someone should hear of them.
    package var missingGlyphCount: Int
}

extension PrintedDocument {
    /// Cells of all tables together, and bytes of all texts, that one document may have.
    private static let cellLimit = 60_000
    private static let textLimit = 4 << 20

    /// Lays the document out. Takes milliseconds for a page, and blocks the thread that long.
    package func pdf() throws(PrintError) -> PrintedPDF {
        try checkSize()
        let pen = try PDFPen(self)
        let foot = try PageFoot(self, pen: pen)
        let opening = try Opening(self)
        let flow = PageFlow(pen: pen, paper: paper, footHeight: foot.height) { flow throws(PrintError) in
            try opening.placeRunningHead(in: flow)
        }
        try opening.place(in: flow)
        let layout = BlockLayout(accent: accent)
        for (index, block) in body.enumerated() {
            try layout.place(block, next: body.dropFirst(index + 1).first, in: flow)
        }
        for (index, marks) in flow.pages.enumerated() {
            if let watermark { try draw(watermark, pen) }
            for mark in marks { mark.draw(pen) }
            try foot.draw(page: index + 1, of: flow.pages.count, pen: pen)
            pen.endPage()
        }
        return PrintedPDF(
            bytes: try pen.finish(), pageCount: flow.pages.count, missingGlyphCount: flow.missingGlyphCount)
    }

    /// As large as goes from corner to corner.
    private func draw(_ watermark: String, _ pen: PDFPen) throws(PrintError) {
        var style = TextStyle(size: 100, isBold: true, ink: Ink(rgb: 0xECEEF0))
        let width = try TextBlock(watermark, style, width: nil, pen: pen).width
        guard width > 0 else { return }
        style.size = min(110, 100 * paper.width / width)
        try TextBlock(watermark, style, width: nil, pen: pen)
            .drawTurned(x: paper.width / 2, y: paper.height / 2, angle: -0.87, pen: pen)
    }

    private func checkSize() throws(PrintError) {
        guard paper.width >= 100, paper.height >= 100, paper.width <= 5000, paper.height <= 5000, paper.margin >= 0,
            paper.margin * 2 <= min(paper.width, paper.height) - 80
        else { throw PrintError(.invalid, "the paper is too small, or its margins too wide") }
        var cellCount = 0
        var byteCount = 0
        for block in body {
            switch block {
            case .heading(let text), .paragraph(let text): byteCount += text.utf8.count
            case .facts(let facts):
                cellCount += facts.count * 2
                for fact in facts { byteCount += fact.label.utf8.count + fact.value.utf8.count }
            case .table(let table):
                cellCount += (table.rows.count + 1) * table.columns.count
                for row in table.rows { for cell in row.cells { byteCount += cell.utf8.count } }
            case .totals(let totals):
                cellCount += totals.count * 2
                for total in totals { byteCount += total.label.utf8.count + total.value.utf8.count }
            case .notes(_, let lines), .picture(_, _, let lines), .signatures(let lines):
                cellCount += lines.count
                for line in lines { byteCount += line.utf8.count }
            case .space: break
            }
        }
        guard cellCount <= Self.cellLimit, byteCount <= Self.textLimit else {
            throw PrintError(
                .tooLarge, "a document may have \(Self.cellLimit) cells and \(Self.textLimit >> 20) MiB of text")
        }
    }
}
