/// Places a table: header, rows, and the header again on each page.
struct TableLayout {
    /// Between the edge of a column and its text.
    private static let gap = 5.0
    private static let padding = 3.5
    private static let cellStyle = TextStyle(size: 9)
    private static let headStyle = TextStyle(size: 8.5, isBold: true)

    let table: PrintedTable
    let accent: Ink

    func place(in flow: PageFlow) throws(PrintError) {
        guard !table.columns.isEmpty else { return }
        let widths = try widths(in: flow)
        let head: (PageFlow) throws(PrintError) -> Void = { flow throws(PrintError) in
            var style = Self.headStyle
            style.ink = accent
            var row = try row(table.columns.map(\.title), style, widths, flow)
            row.fill = .shade
            row.rule = (accent, 0.8)
            // Not through `place`: a header must never begin a page of its own.
            row.putDown(in: flow)
        }
        let rows = table.rows
        let first = try rows.first.map { row throws(PrintError) in try self.row(row, widths, flow).height } ?? 0
        try flow.keep(min(40 + first, flow.pageRoom))
        try head(flow)
        for (index, content) in rows.enumerated() {
            var row = try row(content, widths, flow)
            row.rule = (.hairline, index == rows.count - 1 ? 0.8 : 0.4)
            try row.place(in: flow, repeated: head)
        }
        flow.space(8)
    }

    private func row(_ row: PrintedTable.Row, _ widths: [Double], _ flow: PageFlow) throws(PrintError) -> FlowRow {
        var cells = row.cells.prefix(table.columns.count)
        while cells.count < table.columns.count { cells.append("") }
        var made = try self.row(Array(cells), Self.cellStyle.strong(row.isStrong), widths, flow)
        if row.isStrong { made.fill = .shade }
        return made
    }

    private func row(
        _ texts: [String], _ style: TextStyle, _ widths: [Double], _ flow: PageFlow
    ) throws(PrintError) -> FlowRow {
        var cells: [FlowRow.Cell] = []
        var x = 0.0
        for (index, text) in texts.enumerated() {
            let block = try flow.text(
                text, style.at(table.columns[index].side), width: max(widths[index] - 2 * Self.gap, 1))
            cells.append(FlowRow.Cell(block: block, x: x + Self.gap))
            x += widths[index]
        }
        return FlowRow(cells, padding: Self.padding)
    }

    /// Fixed widths first, then those of contents, and the rest by shares; all of it shrinks if it is too wide.
    private func widths(in flow: PageFlow) throws(PrintError) -> [Double] {
        var widths: [Double] = []
        var shares = 0.0
        for (index, column) in table.columns.enumerated() {
            switch column.width {
            case .points(let width): widths.append(max(width, 1))
            case .content: widths.append(min(try contentWidth(index, flow), flow.width * 0.4))
            case .share(let share):
                widths.append(0)
                shares += max(share, 0)
            }
        }
        let taken = widths.reduce(0, +)
        // Columns by shares keep something to stand in.
        let rest = shares > 0 ? max(flow.width - taken, flow.width * 0.2) : 0
        for (index, column) in table.columns.enumerated() {
            if case .share(let share) = column.width, shares > 0 { widths[index] = rest * max(share, 0) / shares }
        }
        let sum = widths.reduce(0, +)
        return sum > flow.width ? widths.map { $0 * flow.width / sum } : widths
    }

    private func contentWidth(_ index: Int, _ flow: PageFlow) throws(PrintError) -> Double {
        var width = try flow.measure(table.columns[index].title, Self.headStyle)
        for row in table.rows where row.cells.count > index {
            width = max(width, try flow.measure(row.cells[index], Self.cellStyle.strong(row.isStrong)))
        }
        // A whole point more, or rounding breaks the widest cell.
        return (width + 1).rounded(.up) + 2 * Self.gap
    }
}
