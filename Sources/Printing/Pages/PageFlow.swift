/// Something at its place on a page.
enum Mark {
    case text(TextBlock, lines: Range<Int>, x: Double, y: Double)
    case box(x: Double, y: Double, width: Double, height: Double, Ink)
    case pixels(PixelImage, x: Double, y: Double, width: Double, height: Double)
    case code(QRCode, x: Double, y: Double, width: Double)

    func draw(_ pen: PDFPen) {
        switch self {
        case .text(let block, let lines, let x, let y): block.draw(lines: lines, x: x, y: y, pen: pen)
        case .box(let x, let y, let width, let height, let ink):
            pen.fill(x: x, y: y, width: width, height: height, ink)
        case .pixels(let image, let x, let y, let width, let height):
            image.draw(x: x, y: y, width: width, height: height, pen: pen)
        case .code(let code, let x, let y, let width): pen.draw(code, x: x, y: y, width: width)
        }
    }
}

/// Places things one below the other and begins a page where one is full.
///
/// The pages are drawn when all is placed: only then is their number known.
final class PageFlow {
    static let pageLimit = 2000

    let pen: PDFPen
    let left: Double
    let width: Double
    /// Upper edge of what comes next.
    var y: Double
    private(set) var pages: [[Mark]] = [[]]
    private(set) var missingGlyphCount = 0

    private let top: Double
    private let bottom: Double
    /// Heads every page after the first.
    private let head: (PageFlow) throws(PrintError) -> Void
    /// Where the body of the current page begins, below what heads it.
    private var bodyTop: Double

    init(
        pen: PDFPen, paper: Paper, footHeight: Double, head: @escaping (PageFlow) throws(PrintError) -> Void
    ) {
        self.pen = pen
        self.head = head
        left = paper.margin
        width = paper.width - 2 * paper.margin
        top = paper.margin
        bottom = paper.height - paper.margin - footHeight
        y = top
        bodyTop = top
    }

    /// Height that is left on this page.
    var room: Double { bottom - y }
    /// Height of a page that has nothing on it yet, as far as this one tells.
    var pageRoom: Double { bottom - bodyTop }
    /// Whether the body of this page is empty.
    var isAtTop: Bool { y <= bodyTop }

    func add(_ mark: Mark) { pages[pages.count - 1].append(mark) }

    /// A text that will be placed.
    func text(_ string: String, _ style: TextStyle, width: Double? = nil) throws(PrintError) -> TextBlock {
        let block = try TextBlock(string, style, width: width, pen: pen)
        missingGlyphCount += block.missingCount
        return block
    }

    /// The width of a text's longest line.
    func measure(_ string: String, _ style: TextStyle) throws(PrintError) -> Double {
        try TextBlock(string, style, width: nil, pen: pen).width
    }

    /// Begins a page, heads it, and has it headed further by what goes on there.
    func breakPage(_ repeated: ((PageFlow) throws(PrintError) -> Void)? = nil) throws(PrintError) {
        guard pages.count < Self.pageLimit else {
            throw PrintError(.tooLarge, "a document may have \(Self.pageLimit) pages")
        }
        pages.append([])
        y = top
        try head(self)
        try repeated?(self)
        bodyTop = y
    }

    /// Begins a page if less than `height` is left, unless this one is empty.
    func keep(_ height: Double) throws(PrintError) {
        if room < height, !isAtTop { try breakPage() }
    }

    /// Moves down, but not at the top of a page.
    func space(_ height: Double) {
        if !isAtTop { y = min(y + height, bottom) }
    }
}
