/// What stands above the body: the letterhead, the address and the title; on later pages one line of them.
struct Opening {
    private static let logoHeight = 42.0

    private let document: PrintedDocument
    private let logo: Picture?

    init(_ document: PrintedDocument) throws(PrintError) {
        self.document = document
        logo = try document.letterhead.logo.map { image throws(PrintError) in try Picture(image) }
    }

    func place(in flow: PageFlow) throws(PrintError) {
        try placeLetterhead(in: flow)
        try placeRecipient(in: flow)
        let title = TextStyle(size: 17, isBold: true, ink: document.accent)
        if !document.title.isEmpty {
            try FlowRow([.init(block: flow.text(document.title, title, width: flow.width), x: 0)]).place(in: flow)
        }
        if !document.subtitle.isEmpty {
            let block = try flow.text(document.subtitle, TextStyle(size: 10, ink: .grey), width: flow.width)
            try FlowRow([.init(block: block, x: 0)]).place(in: flow)
        }
        flow.space(10)
    }

    private func placeLetterhead(in flow: PageFlow) throws(PrintError) {
        let head = document.letterhead
        let start = flow.y
        var x = flow.left
        var end = start
        if let logo {
            let width = min(Self.logoHeight * logo.aspect, flow.width * 0.3)
            logo.add(to: flow, x: x, y: start, width: width)
            x += width + 12
            end = start + width / logo.aspect
        }
        let lines = head.lines.filter { !$0.isEmpty }
        let nameWidth = (flow.left + flow.width - x) * (lines.isEmpty ? 1 : 0.6)
        let name = try flow.text(
            head.name, TextStyle(size: 15, isBold: true, ink: document.accent), width: nameWidth)
        flow.add(.text(name, lines: 0..<name.lineCount, x: x, y: start))
        end = max(end, start + name.height)
        if !head.subtitle.isEmpty {
            let block = try flow.text(head.subtitle, TextStyle(size: 9.5, ink: .grey), width: nameWidth)
            flow.add(.text(block, lines: 0..<block.lineCount, x: x, y: start + name.height))
            end = max(end, start + name.height + block.height)
        }
        if !lines.isEmpty {
            let lineStart = x + nameWidth + 10
            let block = try flow.text(
                lines.joined(separator: "\n"), TextStyle.small.at(.right),
                width: flow.left + flow.width - lineStart)
            flow.add(.text(block, lines: 0..<block.lineCount, x: lineStart, y: start + 2))
            end = max(end, start + 2 + block.height)
        }
        flow.add(.box(x: flow.left, y: end + 8, width: flow.width, height: 1.4, document.accent))
        flow.y = end + 26
    }

    private func placeRecipient(in flow: PageFlow) throws(PrintError) {
        let lines = document.recipient.filter { !$0.isEmpty }
        guard !lines.isEmpty else { return }
        let block = try flow.text(lines.joined(separator: "\n"), TextStyle(size: 10), width: flow.width * 0.6)
        try FlowRow([.init(block: block, x: 0)]).place(in: flow)
        flow.y += 20
    }

    /// One line on the pages after the first, so that a loose page tells what it belongs to.
    func placeRunningHead(in flow: PageFlow) throws(PrintError) {
        let half = flow.width / 2 - 6
        let name = try flow.text(document.letterhead.name, .small, width: half)
        let title = try flow.text(
            document.title, TextStyle.small.at(.right), width: half)
        flow.add(.text(name, lines: 0..<1, x: flow.left, y: flow.y))
        flow.add(.text(title, lines: 0..<1, x: flow.left + flow.width - half, y: flow.y))
        flow.y += name.top(of: 1) + 4
        flow.add(.box(x: flow.left, y: flow.y, width: flow.width, height: 0.5, .hairline))
        flow.y += 12
    }
}
