/// Values for searches, chosen at random from the loaded data; the last of each list is in no resource.
struct SampledValues {
    let postgres: Postgres
    private static let count = 7

    /// Distinct values of a text; `expression` is SQL over `content`.
    func texts(_ table: String, _ expression: String) throws -> [String] {
        try sample(table, expression) + ["nowhere-to-be-found"]
    }

    /// References with their type, as servers write them.
    func references(_ table: String, _ path: String) throws -> [String] {
        let known = try sample(table, "\(path)->>'reference'")
        let type = known.first?.split(separator: "/").first ?? "Patient"
        return known + ["\(type)/nowhere-to-be-found"]
    }

    private func sample(_ table: String, _ expression: String) throws -> [String] {
        try postgres.query(
            """
            SELECT v FROM (SELECT \(expression) AS v FROM "\(table)" ORDER BY random() LIMIT 2000) s
            WHERE v IS NOT NULL GROUP BY v ORDER BY random() LIMIT \(Self.count)
            """
        ).map { $0[0] }
    }

    /// Words of at least five letters.
    func words(_ table: String, _ expression: String) throws -> [String] {
        try sample(table, "substring(\(expression) from '[A-Za-z]{5,}')") + ["nowhere"]
    }

    /// Days, each with another prefix.
    func dates(_ table: String, _ expression: String) throws -> [String] {
        let prefixes = ["", "eq", "lt", "gt", "ge", "le", "sa", "eb"]
        let days = try sample(table, "left(\(expression), 10)") + ["1066-10-14"]
        return zip(prefixes, days).map { $0 + $1 }
    }

    /// Codes of a Coding: bare, with their system, and two together.
    func codes(_ table: String, _ coding: String, withSystem: Bool = false) throws -> [String] {
        let full = try sample(table, "concat(\(coding)->>'system', '|', \(coding)->>'code')").filter { $0 != "|" }
        if withSystem { return full + ["http://loinc.org|nothing"] }
        let bare = full.map { $0.split(separator: "|").last.map(String.init) ?? $0 }
        var mixed = full.enumerated().map { $0 % 2 == 0 ? $1 : bare[$0] }
        if bare.count >= 2 { mixed[0] = bare[0] + "," + bare[1] }
        return mixed + ["nothing"]
    }

    /// Numbers, each with another prefix.
    func quantities() throws -> [String] {
        let prefixes = ["", "eq", "lt", "gt", "ge", "le", "gt", "lt"]
        let numbers = try sample("observation", "content->'valueQuantity'->>'value'") + ["123456789"]
        return zip(prefixes, numbers).map { $0 + $1 }
    }

    /// `8480-6$gt140`
    func codesWithQuantities(ofComponents: Bool) throws -> [String] {
        let base = ofComponents ? "content->'component'->0" : "content"
        let pairs = try sample(
            "observation",
            "concat(\(base)->'code'->'coding'->0->>'code', '$gt', \(base)->'valueQuantity'->>'value')"
        ).filter { !$0.hasSuffix("gt") && !$0.hasPrefix("$") }
        return pairs + ["8480-6$gt123456789"]
    }
}
