import FHIRSearch
import PostgreSQL

/// Commands as the statements that go to the database, and which of those answers each command.
struct WriteSteps {
    private(set) var statements: [(SQLStatement, SQLParameters)] = []
    /// For each command the position of the statement that says what happened.
    private(set) var answers: [Int]
    /// For each command the position of its last statement.
    private var ends: [Int]

    fileprivate init(commandCount: Int) {
        answers = Array(repeating: -1, count: commandCount)
        ends = answers
    }

    /// - Parameter closing: statements behind that whose answers say nothing.
    fileprivate mutating func append(
        _ added: [(SQLStatement, SQLParameters)], closing: [(SQLStatement, SQLParameters)],
        answering commands: some Sequence<Int>
    ) {
        statements += added
        let answer = statements.count - 1
        statements += closing
        for command in commands {
            answers[command] = answer
            ends[command] = statements.count - 1
        }
    }

    /// The commands that the statement belongs to; none for nil.
    func commands(ofStatement position: Int?) -> [Int] {
        guard let position, position >= 0, let last = ends.filter({ $0 >= position }).min() else { return [] }
        return ends.indices.filter { ends[$0] == last }
    }
}

extension WriteCommandBuilder {
    /// Rows of one statement, and bytes of content in them: bounds what both sides buffer.
    private static let groupSize = 64
    private static let groupByteCount = 1 << 20

    /// The statements of the commands.
    ///
    /// - Parameter isGrouping: resources of one type that are created one after the other, but for creates of other
    ///   types, share a statement, which saves both sides the most of what a statement costs. If it fails, nobody
    ///   knows for which of them.
    func steps(of commands: [WriteCommand], isGrouping: Bool) -> WriteSteps {
        var steps = WriteSteps(commandCount: commands.count)
        var creates: [Int] = []
        for (index, command) in commands.enumerated() {
            // What stands within another one goes by the row around it.
            guard isGrouping, let creation = command.creation, creation.entries.contained.isEmpty else {
                append(creates, of: commands, to: &steps)
                creates = []
                steps.append(statements(of: command), closing: closing(of: command), answering: [index])
                continue
            }
            creates.append(index)
        }
        append(creates, of: commands, to: &steps)
        return steps
    }

    /// Adds creates, those of one type together.
    private func append(_ creates: [Int], of commands: [WriteCommand], to steps: inout WriteSteps) {
        var rest = creates[...]
        while let first = rest.first {
            let type = commands[first].type
            var group: [Int] = []
            var byteCount = 0
            for index in rest where commands[index].type == type && group.count < Self.groupSize {
                byteCount += commands[index].creation?.content.count ?? 0
                if byteCount > Self.groupByteCount, !group.isEmpty { break }
                group.append(index)
            }
            rest.removeAll { group.contains($0) }
            if group.count == 1 {
                let command = commands[first]
                steps.append(statements(of: command), closing: closing(of: command), answering: group)
            } else {
                let rows = group.compactMap { index in
                    commands[index].creation.map {
                        (resource: current($0), updated: commands[index].updated, companion: commands[index].companion)
                    }
                }
                let closing = closing(type, group.map { commands[$0].id })
                steps.append([createRows(rows)], closing: closing, answering: group)
            }
        }
    }
}
