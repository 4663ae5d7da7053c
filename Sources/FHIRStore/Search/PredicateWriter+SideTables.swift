import FHIRSearch

/// Conditions on rows of the side tables.
extension PredicateWriter {
    mutating func side(_ predicate: SearchPredicate, _ table: ResourceTable, _ alias: String) -> String {
        let (from, conditions) = sideRows(predicate, table)
        if alias == probedAlias {
            // No EXISTS: the planner would gather the table's rows into a list where it expects many questions.
            return "(SELECT true FROM \(from) s WHERE s.rid = \(alias).rid AND \(conditions) LIMIT 1)"
        }
        return "\(alias).rid IN (SELECT s.rid FROM \(from) s WHERE \(conditions))"
    }

    /// The side table that a predicate is about, and what it says of its rows `s`.
    mutating func sideRows(
        _ predicate: SearchPredicate, _ table: ResourceTable
    ) -> (from: String, conditions: String) {
        let from: String
        let conditions: String
        switch predicate {
        case .string(let parameters, let test):
            from = table.strings
            conditions = "\(parameter(parameters)) AND \(string(test))"
        case .number(let number, let key, let test):
            from = table.numbers
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(self.number(test, "lo", "hi"))"
        case .canonicalNumber(let number, let key, let dimension, let test):
            from = table.numbers
            let dimension = "s.dim = \(bind(int64: dimension))"
            let test = self.number(test, "clo", "coalesce(chi, clo)")
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(dimension) AND \(test)"
        case .near(let number, let test):
            from = table.numbers
            conditions = "\(parameter([number])) AND \(self.key(nil)) AND \(near(test))"
        case .numberPair(let number, let key, let low, let high):
            from = table.numbers
            let tests = "\(self.number(low, "lo", "lo")) AND \(self.number(high, "hi", "hi"))"
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(tests)"
        case .range(let number, let key, let test):
            from = table.ranges
            conditions = "\(parameter([number])) AND \(self.key(key)) AND \(time(test, "lo", "hi"))"
        case .stringPresent(let numbers):
            from = table.strings
            conditions = parameter(numbers)
        case .numberPresent(let number):
            from = table.numbers
            conditions = parameter([number])
        case .rangePresent(let number):
            from = table.ranges
            conditions = parameter([number])
        default: preconditionFailure("every other predicate is a condition on the row itself")
        }
        return (from, conditions)
    }

    mutating func parameter(_ numbers: [Int32]) -> String {
        if numbers.count == 1 { return "s.param = \(bind(int32: numbers[0]))" }
        return "s.param = ANY(\(bind(int32s: numbers)))"
    }

    mutating func key(_ key: Int64?) -> String {
        key.map { "s.ckey = \(bind(int64: $0))" } ?? "s.ckey IS NULL"
    }
}
