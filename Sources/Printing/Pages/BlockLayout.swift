/// Places the parts of a body.
struct BlockLayout {
    private static let columnGap = 24.0

    let accent: Ink

    /// - Parameter next: what follows, which a heading must not part with.
    func place(_ block: PrintedBlock, next: PrintedBlock?, in flow: PageFlow) throws(PrintError) {
        switch block {
        case .heading(let text): try placeHeading(text, next, in: flow)
        case .paragraph(let text):
            var style = TextStyle.body
            style.keepsSide = false
            try placeText(text, style, in: flow)
            flow.space(7)
        case .facts(let facts): try placeFacts(facts, in: flow)
        case .table(let table): try TableLayout(table: table, accent: accent).place(in: flow)
        case .totals(let totals): try placeTotals(totals, in: flow)
        case .notes(let heading, let paragraphs): try placeNotes(heading, paragraphs, in: flow)
        case .picture(let image, let width, let caption):
            try placePicture(Picture(image), width: width, caption, in: flow)
        case .signatures(let labels): try placeSignatures(labels, in: flow)
        case .space(let height): flow.space(max(height, 0))
        }
    }

    private func placeHeading(_ text: String, _ next: PrintedBlock?, in flow: PageFlow) throws(PrintError) {
        let style = TextStyle(size: 11.5, isBold: true, ink: accent)
        let row = FlowRow([.init(block: try flow.text(text, style, width: flow.width), x: 0)])
        flow.space(6)
        let follower =
            switch next {
            case .picture(_, let width, _): width
            case nil, .space: 0.0
            default: 50.0
            }
        try flow.keep(min(row.height + 4 + follower, flow.pageRoom))
        try row.place(in: flow)
        flow.space(4)
    }

    private func placeText(_ text: String, _ style: TextStyle, in flow: PageFlow) throws(PrintError) {
        let block = try flow.text(text, style, width: flow.width)
        try FlowRow([.init(block: block, x: 0)], staysTogether: false).place(in: flow)
    }

    private func placeFacts(_ facts: [PrintedBlock.Fact], in flow: PageFlow) throws(PrintError) {
        let column = (flow.width - Self.columnGap) / 2
        var widest = 0.0
        for fact in facts { widest = max(widest, try flow.measure(fact.label, .label)) }
        let labelWidth = min((widest + 1).rounded(.up), column * 0.45)
        for start in stride(from: 0, to: facts.count, by: 2) {
            var cells: [FlowRow.Cell] = []
            for (index, fact) in facts[start..<min(start + 2, facts.count)].enumerated() {
                let x = Double(index) * (column + Self.columnGap)
                cells.append(.init(block: try flow.text(fact.label, .label, width: labelWidth), x: x))
                cells.append(
                    .init(
                        block: try flow.text(fact.value, .body, width: column - labelWidth - 10),
                        x: x + labelWidth + 10))
            }
            try FlowRow(cells, padding: 1.5).place(in: flow)
        }
        flow.space(10)
    }

    private func placeTotals(_ totals: [PrintedBlock.Total], in flow: PageFlow) throws(PrintError) {
        let width = flow.width * 0.5
        let left = flow.width - width
        let styles = totals.map { $0.isStrong ? TextStyle(size: 11, isBold: true, ink: accent) : TextStyle.body }
        var widest = 0.0
        for (total, style) in zip(totals, styles) { widest = max(widest, try flow.measure(total.value, style)) }
        // A whole point more, or rounding breaks the widest amount.
        let valueWidth = min((widest + 1).rounded(.up), width * 0.7)
        let valueX = width - 5 - valueWidth
        var rows: [FlowRow] = []
        for (total, style) in zip(totals, styles) {
            let label = try flow.text(total.label, style, width: valueX - 15)
            let value = try flow.text(total.value, style.at(.right), width: valueWidth)
            rows.append(
                FlowRow(
                    [.init(block: label, x: left + 5), .init(block: value, x: left + valueX)],
                    padding: total.isStrong ? 5 : 2))
        }
        try flow.keep(min(rows.reduce(0) { $0 + $1.height }, flow.pageRoom))
        for (total, row) in zip(totals, rows) {
            if total.isStrong {
                flow.add(.box(x: flow.left + left, y: flow.y, width: width, height: 0.8, accent))
            }
            try row.place(in: flow)
        }
        flow.space(12)
    }

    private func placeNotes(_ heading: String, _ paragraphs: [String], in flow: PageFlow) throws(PrintError) {
        if !heading.isEmpty {
            let block = try flow.text(heading, TextStyle(size: 8.5, isBold: true), width: flow.width)
            try flow.keep(min(block.height + 24, flow.pageRoom))
            try FlowRow([.init(block: block, x: 0)], padding: 1).place(in: flow)
        }
        var style = TextStyle(size: 8.5, ink: .grey)
        style.keepsSide = false
        for paragraph in paragraphs {
            try placeText(paragraph, style, in: flow)
            flow.space(3)
        }
        flow.space(6)
    }

    private func placePicture(
        _ picture: Picture, width: Double, _ caption: [String], in flow: PageFlow
    ) throws(PrintError) {
        // No higher than a page.
        let limit = min(flow.width, flow.pageRoom * picture.aspect)
        let width = min(max(width, 1), limit)
        let captionX = width + 14
        var blocks: [TextBlock] = []
        if flow.width - captionX > 40 {
            for (index, line) in caption.enumerated() {
                let style = index == 0 ? TextStyle(size: 10, isBold: true) : TextStyle(size: 9, ink: .grey)
                blocks.append(try flow.text(line, style, width: flow.width - captionX))
            }
        }
        let captionHeight = blocks.reduce(0) { $0 + $1.height + 2 }
        let height = max(width / picture.aspect, captionHeight)
        try flow.keep(height)
        picture.add(to: flow, x: flow.left, y: flow.y, width: width)
        var y = flow.y + max(0, (height - captionHeight) / 2)
        for block in blocks {
            flow.add(.text(block, lines: 0..<block.lineCount, x: flow.left + captionX, y: y))
            y += block.height + 2
        }
        flow.y += height
        flow.space(10)
    }

    private func placeSignatures(_ labels: [String], in flow: PageFlow) throws(PrintError) {
        guard !labels.isEmpty else { return }
        let column = flow.width / Double(max(labels.count, 2))
        var cells: [FlowRow.Cell] = []
        for (index, label) in labels.enumerated() {
            let block = try flow.text(label, .small, width: column - Self.columnGap)
            cells.append(.init(block: block, x: Double(index) * column))
        }
        let row = FlowRow(cells)
        try flow.keep(min(40 + row.height, flow.pageRoom))
        flow.y += 36
        for cell in cells {
            flow.add(
                .box(x: flow.left + cell.x, y: flow.y, width: column - Self.columnGap, height: 0.6, .grey))
        }
        flow.y += 4
        try row.place(in: flow)
        flow.space(8)
    }
}
