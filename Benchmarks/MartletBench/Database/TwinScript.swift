/// A pgbench script that runs the statements of captured requests, with the values captured.
///
/// The statement texts stay as the server sent them; `$n` becomes a pgbench variable, which `-M prepared` sends as a
/// parameter. A client takes its values from a row of a helper table and keeps them for 100 transactions, so that
/// choosing values costs about one per cent. Ids that the server made are replaced by new ones that rise with time
/// like the server's, times of writing by `now()`.
struct TwinScript {
    let name: String
    let text: String
    /// Share of the requests that had this shape.
    let weight: Int
    /// Statements that fill the helper table.
    let setUp: String
    /// Whether the server lets PostgreSQL keep plans.
    let isPrepared: Bool

    /// One script for each shape of statements and null values.
    static func scripts(for requests: [CapturedRequest], workload: String, ids: IDSpace? = nil) -> [TwinScript] {
        var groups: [String: [CapturedRequest]] = [:]
        for request in requests { groups[shape(of: request), default: []].append(request) }
        return groups.sorted { $0.key < $1.key }.enumerated().map { index, group in
            TwinScript(group.value, name: "\(workload)_\(index)", ids: ids)
        }
    }

    private static func shape(of request: CapturedRequest) -> String {
        request.statements.map { statement in
            statement.text + statement.parameters.map { $0 == nil ? "0" : "1" }.joined()
        }.joined(separator: "\n")
    }

    private init(_ requests: [CapturedRequest], name: String, ids: IDSpace?) {
        self.name = name
        weight = requests.count
        isPrepared = requests[0].statements.allSatisfy(\.isNamed)
        var columns: [[String]] = []
        var body = ""
        for (position, statement) in requests[0].statements.enumerated() {
            var expressions: [String] = []
            for (index, value) in statement.parameters.enumerated() {
                let values = requests.map { $0.statements[position].parameters[index] ?? "" }
                if value == nil {
                    expressions.append("NULL")
                } else if let made = Self.idPosition(requests, position, index) {
                    expressions.append("('018f0000-000\(made)-7' || :fresh::text)")
                } else if let ids, position == 0, values.allSatisfy(ids.contains) {
                    expressions.append(ids.expression(variable: "number"))
                } else if values.allSatisfy(Self.isCurrentTime) {
                    expressions.append("now()")
                } else {
                    expressions.append(":\(name)_v\(columns.count)")
                    columns.append(values)
                }
            }
            body += Self.substitute(statement.text, expressions) + ";\n"
        }
        if requests[0].statements.count > 1 { body = "\\startpipeline\n\(body)\\endpipeline\n" }
        text = Self.head(name: name, columnCount: columns.count, rowCount: requests.count, ids: ids) + body
        setUp = Self.table(name: name, columns: columns)
    }

    // MARK: - Parts

    private static func head(name: String, columnCount: Int, rowCount: Int, ids: IDSpace?) -> String {
        var head = ""
        if columnCount > 0 {
            let list = (0..<columnCount).map { "v\($0) AS \(name)_v\($0)" }.joined(separator: ", ")
            head += """
                \\if :count_\(name) % 100 = 0
                \\set row random(1, \(rowCount))
                SELECT \(list) FROM martlet_bench.\(name) WHERE number = :row \\gset
                \\endif
                \\set count_\(name) :count_\(name) + 1

                """
        }
        if let ids { head += "\\set number random(\(ids.range.lowerBound), \(ids.range.upperBound))\n" }
        return head + """
            \\set n :n + 1
            \\set fresh 1000000000000000000 + :run * 1000000000 + :n * 1000 + :client_id

            """
    }

    /// Variables that the script expects at its start.
    func definitions(run: Int) -> [String] {
        ["-D", "count_\(name)=0", "-D", "n=0", "-D", "run=\(run)"]
    }

    private static func table(name: String, columns: [[String]]) -> String {
        guard let rowCount = columns.first?.count else { return "" }
        let list = columns.indices.map { "v\($0) text" }.joined(separator: ", ")
        var text = """
            CREATE SCHEMA IF NOT EXISTS martlet_bench;
            DROP TABLE IF EXISTS martlet_bench.\(name);
            CREATE TABLE martlet_bench.\(name) (number int PRIMARY KEY, \(list));
            COPY martlet_bench.\(name) FROM STDIN;

            """
        for row in 0..<rowCount {
            text += ([String(row + 1)] + columns.map { copyEscaped($0[row]) }).joined(separator: "\t") + "\n"
        }
        return text + "\\.\nANALYZE martlet_bench.\(name);\n"
    }

    /// As COPY's text format wants it.
    private static func copyEscaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// Which of the new ids a parameter holds, the same in all requests.
    private static func idPosition(_ requests: [CapturedRequest], _ statement: Int, _ index: Int) -> Int? {
        let positions = Set(
            requests.map { request in
                request.statements[statement].parameters[index].flatMap { request.freshIDs.firstIndex(of: $0) }
            })
        return positions.count == 1 ? positions.first ?? nil : nil
    }

    /// Whether a value is a time of the last minutes, so the time of writing.
    private static func isCurrentTime(_ value: String?) -> Bool {
        guard let value, let seconds = CivilTime.secondsSince1970(value) else { return false }
        return abs(seconds - CivilTime.now) < 300
    }

    /// Puts expressions in place of `$1`, `$2` and so on.
    private static func substitute(_ sql: String, _ expressions: [String]) -> String {
        var text = ""
        var rest = Substring(sql)
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            let digits = rest[rest.index(after: dollar)...].prefix { $0.isNumber }
            if let number = Int(digits), number >= 1, number <= expressions.count {
                text += expressions[number - 1]
            } else {
                text += "$" + digits
            }
            rest = rest[digits.endIndex...]
        }
        return text + rest
    }
}
