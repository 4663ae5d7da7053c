/// Texts side by side: a line of a table, a pair of facts, or a paragraph alone.
struct FlowRow {
    struct Cell {
        var block: TextBlock
        /// Distance from the left margin.
        var x: Double
    }

    var cells: [Cell]
    /// Empty above and below the texts, in points.
    var padding: Double
    /// Moves to the next page as a whole, if it fits there; else its lines fill this page first.
    var staysTogether: Bool
    var fill: Ink?
    /// A line below.
    var rule: (ink: Ink, thickness: Double)?

    init(
        _ cells: [Cell], padding: Double = 0, staysTogether: Bool = true, fill: Ink? = nil,
        rule: (ink: Ink, thickness: Double)? = nil
    ) {
        self.cells = cells
        self.padding = padding
        self.staysTogether = staysTogether
        self.fill = fill
        self.rule = rule
    }

    var height: Double { (cells.map(\.block.height).max() ?? 0) + 2 * padding }

    /// Places the row, over as many pages as it takes.
    ///
    /// - Parameter repeated: heads the pages that it begins.
    func place(
        in flow: PageFlow, repeated: ((PageFlow) throws(PrintError) -> Void)? = nil
    ) throws(PrintError) {
        var firsts = [Int](repeating: 0, count: cells.count)
        var isFirst = true
        while true {
            let rest = restHeight(firsts)
            if rest + 2 * padding <= flow.room + 0.01 {
                return draw(from: firsts, to: cells.map(\.block.lineCount), height: rest, in: flow)
            }
            if isFirst, staysTogether, !flow.isAtTop, rest + 2 * padding <= flow.pageRoom {
                try flow.breakPage(repeated)
                continue
            }
            isFirst = false
            var ends = firsts
            for (index, cell) in cells.enumerated() {
                ends[index] += cell.block.fittingCount(from: firsts[index], height: flow.room - 2 * padding)
            }
            // One line alone looks lost; and a page that is too low for any must not hold this up for ever.
            let isPoor = cells.indices.allSatisfy { ends[$0] - firsts[$0] < min(2, cells[$0].block.lineCount) }
            if isPoor, !flow.isAtTop {
                try flow.breakPage(repeated)
                continue
            }
            if ends == firsts {
                for (index, cell) in cells.enumerated() { ends[index] = min(firsts[index] + 1, cell.block.lineCount) }
            }
            draw(from: firsts, to: ends, height: partHeight(firsts, ends), in: flow)
            firsts = ends
            if zip(firsts, cells).allSatisfy({ $0 == $1.block.lineCount }) { return }
            try flow.breakPage(repeated)
        }
    }

    /// Places the row where the flow is, whatever room there is.
    func putDown(in flow: PageFlow) {
        let ends = cells.map(\.block.lineCount)
        draw(from: [Int](repeating: 0, count: cells.count), to: ends, height: height - 2 * padding, in: flow)
    }

    private func restHeight(_ firsts: [Int]) -> Double { partHeight(firsts, cells.map(\.block.lineCount)) }

    private func partHeight(_ firsts: [Int], _ ends: [Int]) -> Double {
        cells.indices.map { cells[$0].block.top(of: ends[$0]) - cells[$0].block.top(of: firsts[$0]) }.max() ?? 0
    }

    private func draw(from firsts: [Int], to ends: [Int], height: Double, in flow: PageFlow) {
        let full = height + 2 * padding
        if let fill { flow.add(.box(x: flow.left, y: flow.y, width: flow.width, height: full, fill)) }
        // Texts of different sizes stand on one line.
        let baseline = cells.map(\.block.baseline).max() ?? 0
        for (index, cell) in cells.enumerated() where ends[index] > firsts[index] {
            let drop = firsts[index] == 0 ? baseline - cell.block.baseline : 0
            flow.add(
                .text(
                    cell.block, lines: firsts[index]..<ends[index], x: flow.left + cell.x,
                    y: flow.y + padding + drop))
        }
        flow.y += full
        if let rule {
            flow.add(
                .box(
                    x: flow.left, y: flow.y - rule.thickness, width: flow.width, height: rule.thickness, rule.ink))
        }
    }
}
