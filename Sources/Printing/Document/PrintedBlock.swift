/// A part of a document's body; parts follow each other down the pages.
package enum PrintedBlock: Sendable, Hashable {
    /// Heads what follows, and stays on a page with it.
    case heading(String)
    case paragraph(String)
    /// Labels and values in two columns, filled row by row.
    case facts([Fact])
    case table(PrintedTable)
    /// Amounts below a table, at the right; stay together.
    case totals([Total])
    /// Small print under a heading, which may be empty; one paragraph each.
    case notes(heading: String, [String])
    /// A picture at the left with lines at its right, of which the first is stronger.
    case picture(PrintedImage, width: Double, caption: [String])
    /// Lines to sign on, with what stands below each.
    case signatures([String])
    /// Empty space, in points.
    case space(Double)

    package struct Fact: Sendable, Hashable {
        package var label: String
        package var value: String

        package init(_ label: String, _ value: String) {
            self.label = label
            self.value = value
        }
    }

    package struct Total: Sendable, Hashable {
        package var label: String
        /// As it is to be read, such as `1,250.00 NPR`.
        package var value: String
        /// What it all comes to: stronger, with a line above.
        package var isStrong: Bool

        package init(_ label: String, _ value: String, isStrong: Bool = false) {
            self.label = label
            self.value = value
            self.isStrong = isStrong
        }
    }
}

/// Rows under a header, which each page repeats.
package struct PrintedTable: Sendable, Hashable {
    package var columns: [Column]
    package var rows: [Row]

    package init(columns: [Column], rows: [Row]) {
        self.columns = columns
        self.rows = rows
    }

    package init(columns: [Column], rows: [[String]]) {
        self.init(columns: columns, rows: rows.map { Row($0) })
    }

    package struct Column: Sendable, Hashable {
        package var title: String
        package var side: Side
        package var width: Width

        package init(_ title: String, _ side: Side = .left, width: Width = .share(1)) {
            self.title = title
            self.side = side
            self.width = width
        }
    }

    package enum Width: Sendable, Hashable {
        case points(Double)
        /// As wide as its widest cell, up to two fifths of the table.
        case content
        /// Part of what the others leave, in proportion.
        case share(Double)
    }

    package struct Row: Sendable, Hashable {
        /// One for each column; those that are missing are empty, further ones are ignored.
        package var cells: [String]
        /// A sum or a heading within the table.
        package var isStrong: Bool

        package init(_ cells: [String], isStrong: Bool = false) {
            self.cells = cells
            self.isStrong = isStrong
        }
    }
}

/// Where text stands in its width, whichever way it runs.
package enum Side: Sendable, Hashable {
    case left
    case center
    case right
}

/// A picture on paper.
package enum PrintedImage: Sendable, Hashable {
    /// Bytes of a PNG file of at most 4096 by 4096 pixels.
    case png([UInt8])
    /// Drawn as shapes, sharp at any size; with its quiet zone.
    case code(QRCode)
}
