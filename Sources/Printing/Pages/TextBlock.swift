import CPrintShims

/// How a text looks.
struct TextStyle {
    /// Height of the em, in points.
    var size: Double
    var isBold = false
    var side: Side = .left
    /// Running text begins at the side its language begins at; a cell's stays at the cell's.
    var keepsSide = true
    var ink: Ink = .black

    /// Families by preference. The first has the most scripts, where it is installed; the second comes with fontconfig.
    static let families = "Noto Sans, DejaVu Sans, sans-serif"

    static let body = TextStyle(size: 9.5)
    static let label = TextStyle(size: 8.5, ink: .grey)
    static let small = TextStyle(size: 8, ink: .grey)

    func strong(_ isStrong: Bool = true) -> TextStyle {
        var style = self
        style.isBold = isStrong
        return style
    }

    func at(_ side: Side) -> TextStyle {
        var style = self
        style.side = side
        return style
    }
}

/// A text broken into lines. Lives on the thread that lays the document out.
final class TextBlock {
    /// Of one text, in bytes, and the line ends within: the time to lay it out grows with their square.
    private static let byteLimit = 256 << 10
    private static let lineEndLimit = 4000

    let style: TextStyle
    private let text: OpaquePointer

    /// - Parameter width: in points; nil for lines that end at line feeds only.
    init(_ string: String, _ style: TextStyle, width: Double?, pen: PDFPen) throws(PrintError) {
        guard string.utf8.count <= Self.byteLimit,
            string.utf8.count(where: { $0 == 0x0A || $0 == 0x0D })
                <= Self.lineEndLimit
        else { throw PrintError(.tooLarge, "a text has more than 256 KiB or 4,000 lines") }
        self.style = style
        var clean = Self.printable(string)
        let made = clean.withUTF8 { bytes in
            TextStyle.families.withCString { families in
                var form = martlet_text_style()
                form.families = families
                form.size = style.size
                form.bold = style.isBold
                form.side = style.side.c
                form.keeps_side = style.keepsSide
                form.line_spacing = 0
                return bytes.withMemoryRebound(to: CChar.self) { bytes in
                    // An empty buffer may have no address.
                    martlet_text_make(pen.print, bytes.baseAddress ?? families, Int32(bytes.count), &form, width ?? -1)
                }
            }
        }
        guard let made else { throw PrintError(.failed, "no memory for a text") }
        text = made
    }

    deinit { martlet_text_free(text) }

    var lineCount: Int { Int(martlet_text_line_count(text)) }
    /// Characters for which this machine has no glyph.
    var missingCount: Int { Int(martlet_text_missing_count(text)) }
    var width: Double { martlet_text_width(text) }
    var height: Double { top(of: lineCount) }
    var baseline: Double { martlet_text_baseline(text) }

    /// Distance of a line's upper edge from the first's; for `lineCount` the whole height.
    func top(of line: Int) -> Double { martlet_text_line_top(text, Int32(line)) }

    /// How many lines from `first` on fit into a height.
    func fittingCount(from first: Int, height: Double) -> Int {
        var end = first
        // Heights are sums of fractions.
        while end < lineCount, top(of: end + 1) - top(of: first) <= height + 0.01 { end += 1 }
        return end - first
    }

    func draw(lines: Range<Int>, x: Double, y: Double, pen: PDFPen) {
        martlet_text_draw(pen.print, text, Int32(lines.lowerBound), Int32(lines.count), x, y, style.ink.c)
    }

    /// Draws the first line around a point.
    func drawTurned(x: Double, y: Double, angle: Double, pen: PDFPen) {
        martlet_text_draw_turned(pen.print, text, x, y, angle, style.ink.c)
    }

    /// Control characters have no place on paper; those that separate become spaces.
    private static func printable(_ string: String) -> String {
        guard string.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return string }
        var scalars = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\n": if !isAfterReturn { scalars.append("\n") }
            case "\r": scalars.append("\n")
            case "\t": scalars.append(" ")
            default: if scalar.value >= 0x20 && scalar.value != 0x7F { scalars.append(scalar) }
            }
            isAfterReturn = scalar == "\r"
        }
        return String(scalars)
    }
}

extension Ink {
    var c: martlet_ink { martlet_ink(red: red, green: green, blue: blue) }
}

extension Side {
    var c: martlet_side {
        switch self {
        case .left: MARTLET_LEFT
        case .center: MARTLET_CENTER
        case .right: MARTLET_RIGHT
        }
    }
}
