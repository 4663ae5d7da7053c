/// Columns of text, the first to the left, the others to the right.
struct Table {
    private var rows: [[String]]

    init(_ header: [String]) { rows = [header] }

    var isEmpty: Bool { rows.count < 2 }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var text = ""
        for (position, row) in rows.enumerated() {
            let cells = row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + blanks : blanks + cell
            }
            text += cells.joined(separator: "  ") + "\n"
            if position == 0 { text += widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n" }
        }
        return text
    }
}
