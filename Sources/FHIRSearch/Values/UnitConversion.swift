import UCUM

extension SearchIndexer {
    /// The line on which values of a unit lie in another: what 0 and 1 are there, as texts of decimal numbers. Nil
    /// where the units are not UCUM's, do not compare, or have a scale that is no line, such as pH.
    package func conversion(from unit: String, to target: String, system: String?) -> (zero: String, one: String)? {
        guard system == UCUM.system else { return nil }
        let points = ["0", "1", "2"].compactMap { units.convert(value: $0, from: unit, to: target) }
        let values = points.compactMap { Double($0) }
        guard values.count == 3 else { return nil }
        let bend = abs((values[2] - values[1]) - (values[1] - values[0]))
        return bend <= 1e-9 * abs(values[1] - values[0]) ? (points[0], points[1]) : nil
    }
}
