/// A document to be handed out on paper: what is on it, in order; where it goes is worked out.
///
///     ┌────────────────────────────────────┐
///     │ Letterhead        address, contact │
///     │ ────────────────────────────────── │
///     │ recipient                     │
///     │ Title                              │
///     │ subtitle                           │
///     │ body: facts, tables, totals, notes │
///     │ ────────────────────────────────── │
///     │ footer                 Page 1 of 2 │
///     └────────────────────────────────────┘
///
/// Equal documents become equal bytes, on a machine with the same fonts and libraries.
package struct PrintedDocument: Sendable, Hashable {
    package var letterhead: Letterhead
    /// Lines of the address it goes to; none leaves the space to what follows.
    package var recipient: [String]
    package var title: String
    /// Below the title, smaller; empty for none.
    package var subtitle: String
    package var body: [PrintedBlock]
    /// Stands at the foot of every page, over up to four lines.
    package var footer: String
    package var pageLabel: PageLabel
    /// Large and pale behind the text of every page, such as `COPY`; nil for none.
    package var watermark: String?
    /// BCP 47 tag of the language of most texts; chooses between forms of letters.
    package var language: String
    /// When it was made, in seconds since 1970; becomes the PDF's creation date.
    package var createdSeconds: Int64
    /// Colour of the letterhead's name, the title and lines that matter.
    package var accent: Ink
    package var paper: Paper

    package init(
        letterhead: Letterhead, recipient: [String] = [], title: String, subtitle: String = "",
        body: [PrintedBlock], footer: String = "", pageLabel: PageLabel = .english, watermark: String? = nil,
        language: String = "en", createdSeconds: Int64, accent: Ink = .accent, paper: Paper = .a4
    ) {
        self.letterhead = letterhead
        self.recipient = recipient
        self.title = title
        self.subtitle = subtitle
        self.body = body
        self.footer = footer
        self.pageLabel = pageLabel
        self.watermark = watermark
        self.language = language
        self.createdSeconds = createdSeconds
        self.accent = accent
        self.paper = paper
    }
}

/// Who hands the document out; heads the first page, and in one line those after it.
package struct Letterhead: Sendable, Hashable {
    /// Name of the clinic.
    package var name: String
    /// Below the name, such as a department; empty for none.
    package var subtitle: String
    /// Address, telephone, tax number: at the right, a line each.
    package var lines: [String]
    /// Stands before the name, 42 points high.
    package var logo: PrintedImage?

    package init(name: String, subtitle: String = "", lines: [String] = [], logo: PrintedImage? = nil) {
        self.name = name
        self.subtitle = subtitle
        self.lines = lines
        self.logo = logo
    }
}

/// How pages are numbered: a text in which `{page}` and `{count}` stand for the numbers.
package struct PageLabel: Sendable, Hashable {
    package var template: String

    package init(_ template: String) { self.template = template }

    package static let english = PageLabel("Page {page} of {count}")

    func text(page: Int, of count: Int) -> String {
        var text = ""
        var rest = template[...]
        while let character = rest.first {
            if rest.hasPrefix("{page}") {
                text += String(page)
                rest = rest.dropFirst(6)
            } else if rest.hasPrefix("{count}") {
                text += String(count)
                rest = rest.dropFirst(7)
            } else {
                text.append(character)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}

/// Size of a page and its margins, in points (1/72 inch).
package struct Paper: Sendable, Hashable {
    package var width: Double
    package var height: Double
    package var margin: Double

    package init(width: Double, height: Double, margin: Double) {
        self.width = width
        self.height = height
        self.margin = margin
    }

    /// 210 mm by 297 mm (ISO 216).
    package static let a4 = Paper(width: 595.276, height: 841.89, margin: 48)
    /// 148 mm by 210 mm, as receipts are.
    package static let a5 = Paper(width: 419.528, height: 595.276, margin: 34)
    /// 8.5 by 11 inches.
    package static let letter = Paper(width: 612, height: 792, margin: 48)
}
