/// What stands at the foot of every page: a text at the left and the number of the page at the right.
struct PageFoot {
    private static let lineLimit = 4
    private static let gap = 14.0

    private let document: PrintedDocument
    private let text: TextBlock
    private let lineCount: Int

    init(_ document: PrintedDocument, pen: PDFPen) throws(PrintError) {
        self.document = document
        let width = document.paper.width - 2 * document.paper.margin
        text = try TextBlock(document.footer, .small, width: width * 0.75, pen: pen)
        lineCount = min(text.lineCount, Self.lineLimit)
    }

    /// What is taken from the body, in points.
    var height: Double { text.top(of: lineCount) + Self.gap }

    func draw(page: Int, of count: Int, pen: PDFPen) throws(PrintError) {
        let paper = document.paper
        let width = paper.width - 2 * paper.margin
        // Somewhat into the margin, where readers look for it.
        let y = paper.height - paper.margin - text.top(of: lineCount) + 6
        pen.fill(x: paper.margin, y: y - 6, width: width, height: 0.5, .hairline)
        text.draw(lines: 0..<lineCount, x: paper.margin, y: y, pen: pen)
        let label = try TextBlock(
            document.pageLabel.text(page: page, of: count), TextStyle.small.at(.right), width: width * 0.24, pen: pen)
        label.draw(lines: 0..<1, x: paper.margin + width * 0.76, y: y, pen: pen)
    }
}
